"""What people see. A page reads its form, asks one operation, and shows what comes back."""
