"""The one port that an agent may listen on."""

METRICS = 9731
"""Health and metrics of the long-lived process."""
