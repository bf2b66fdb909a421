"""The neighbours' dispute of the portal's tests, for oversight."""

from tests.mediation.portal.conftest import agreed, invited, mediating, registered  # noqa: F401 - fixtures
