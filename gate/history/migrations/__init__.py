"""How the tables of the history came to be, one step a module; run whenever a history is opened."""
