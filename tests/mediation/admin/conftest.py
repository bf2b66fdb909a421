"""The neighbours' dispute of the portal's tests, for the administration."""

from tests.mediation.portal.conftest import agreed, invited, mediating, registered  # noqa: F401 - fixtures
