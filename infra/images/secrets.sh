#!/bin/sh
# Make the passwords that infra/compose.yaml asks for, in a directory that its owner alone can enter.
#
#   infra/images/secrets.sh /etc/glemmebok/secrets
#
# What is there stays: a password that a database was made with cannot be changed here.
set -eu
umask 077
directory=${1:?which directory?}
mkdir -p "$directory"
cd "$directory"

for name in events-superuser events-owner keys-superuser keys-owner; do
    [ -e "$name" ] || head -c 24 /dev/urandom | base64 | tr '+/' '-_' >"$name"
done

# For libpq: host, port, database, role, password.
rm -f passwords
{
    echo "events-db:5432:glemmebok:glemmebok_events:$(cat events-owner)"
    echo "keys-db:5432:glemmebok_keys:glemmebok_keys:$(cat keys-owner)"
} >passwords

# The containers' users are not this one, and see no more than the files given to them.
chmod 444 events-superuser events-owner keys-superuser keys-owner passwords
