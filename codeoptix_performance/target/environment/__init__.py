"""What an app needs from outside its own files: its interpreter, its packages."""
