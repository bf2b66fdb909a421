"""The journeys judge themselves, so their assertions are told in full."""

import pytest

pytest.register_assert_rewrite("tests.processes.journey")
