"""Built files are found by name; what is missing is an error that says what to do."""

import pytest

from mediation import assets


def test_an_asset_has_the_hash_of_its_content_in_its_address(bare_app):
    address = assets.asset("app.css")
    assert address.startswith("/static/dist/app.")
    with bare_app.test_client().get(address) as answer:
        assert answer.status_code == 200
        assert answer.cache_control.max_age == assets.A_YEAR


def test_nothing_in_the_built_files_points_outside():
    for name in ("app.css", "flow-diagram.css"):
        styles = (assets.DIST / assets.manifest().files[name]).read_text("utf-8")
        assert "url(http" not in styles.replace('"', "")
        assert "@import" not in styles


def test_a_missing_asset_names_those_that_exist(bare_app):
    with pytest.raises(assets.AssetMissing, match=r"app\.css"):
        assets.asset("application.css")


def test_a_missing_icon_is_an_error_and_not_a_blank(bare_app):
    with pytest.raises(assets.AssetMissing, match="no-such-icon"):
        assets.icon("no-such-icon")


def test_an_icon_is_hidden_from_screen_readers_and_escapes_its_class(bare_app):
    drawing = assets.icon("check", css_class='"><script>')
    assert 'aria-hidden="true"' in drawing
    assert "<script>" not in drawing
