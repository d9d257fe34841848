#!/bin/bash
# Make a broker's directory: kafka-storage format ...
set -eu
exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m -Dlog4j2.level=WARN \
    -cp '/opt/kafka/libs/*' kafka.tools.StorageTool "$@"
