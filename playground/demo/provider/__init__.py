"""A provider without a model: speaks the wires of OpenAI and Anthropic, for the demonstration and for the tests."""
