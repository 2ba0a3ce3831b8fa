-- People say the reference of an application on the telephone.
CREATE INDEX searches_by_reference ON searches ((application ->> 'reference'));
