"""A plugin of pytest for `make mutants`: the same few examples of a property for each mutant."""

from hypothesis import HealthCheck, Phase, settings

# None is made smaller: that a test fails is all that is asked.
settings.register_profile(
    "mutants",
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
