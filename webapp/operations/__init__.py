"""What people can do, one verb a function: ``verb(session, actor, ..., *, now)``.

Each asks the policy, looks only inside the actor's scope, changes states through the lifecycle, and
writes the audit line and the mails in the same transaction. None of them commits.
"""
