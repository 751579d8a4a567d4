"""What every run measured, over months: in SQLite beside the runs, or in PostgreSQL by URL."""
