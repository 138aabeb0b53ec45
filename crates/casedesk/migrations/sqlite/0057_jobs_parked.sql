-- Work that gave up is counted on every page of an administrator.
CREATE INDEX jobs_parked ON jobs (id) WHERE state = 'parked';
