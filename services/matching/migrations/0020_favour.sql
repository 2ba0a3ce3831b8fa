-- Whom a programme favours when it places offers; the versions until now favour nobody.
ALTER TABLE policies ADD COLUMN favour jsonb NOT NULL DEFAULT '{}';
