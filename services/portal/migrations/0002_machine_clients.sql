-- Programs that may ask for tokens, as registered when the process started. Only the secret's hash is kept.
CREATE TABLE clients (
    client_id     text PRIMARY KEY,
    secret_hash   bytea NOT NULL,
    roles         text[] NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now()
);
