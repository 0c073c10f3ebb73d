"""From one round to the next: what was answered, what stays, what does not come back."""
