"""What WebDriverAgent can be asked, by the source file that answers it there (FB…Commands.m)."""
