"""What comes in from other programs and what goes out to them: workbooks that came back, tables, CSV, PDF, pictures."""
