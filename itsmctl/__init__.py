"""itsmctl: compliance-as-code and audit command line for IT service management."""

__version__ = "0.1.0"
