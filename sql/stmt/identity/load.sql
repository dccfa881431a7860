-- One ticket's sealed identity.
SELECT vault_key, sealed FROM identity WHERE ticket_id = $1
