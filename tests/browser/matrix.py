"""The marks of the matrix. Without them a journey runs with and without JavaScript, on both databases."""

import pytest

# What happens between browser and server alone need not be repeated on the second database.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# What only the script does.
WITH_JAVASCRIPT = pytest.mark.parametrize("javascript", [True], indirect=True, ids=["javascript"])
