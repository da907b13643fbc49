"""Takes an Assessment. Hands on text a person or a program keeps."""
