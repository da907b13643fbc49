"""What an examination saw → findings with a grade each."""
