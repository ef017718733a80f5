"""The result of an audit in the formats of other tools: OSCAL, SARIF, JUnit."""
