"""How good an extractor is: its facts against gold facts that people wrote."""
