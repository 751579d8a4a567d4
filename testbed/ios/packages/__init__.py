"""App files, their signatures, what is installed and where its data lies (iOS's installd and containermanagerd)."""
