# SPDX-License-Identifier: BSD-2-Clause
#
# amqp - RabbitMQ is the application: what the SMSC is told is what the broker
# has, also while the broker is killed and stopped; and one record of each

PORT=25740
R="$TOP/test/rabbitmq"
"$R" start "$T/rmq" $PORT
case $? in
0) ;;
77) echo "skip  $SCENARIO: there is no rabbitmq-server"; exit 0 ;;
*) echo "FAIL  $SCENARIO: RabbitMQ does not start"; exit 1 ;;
esac
. "$TOP/test/e2e/lib.sh"
trap 'finish; "$R" away "$T/rmq" $PORT' EXIT
broker() { "$R" "$1" "$T/rmq" $PORT; }
drain() { "$BUILD/test/sim/amqp_drain" drain $PORT "$1" >"$T/$1.drained"; }
declare_queue() { "$BUILD/test/sim/amqp_drain" declare $PORT "$@"; }
lines() { [ "$(wc -l <"$T/$1")" = "$2" ]; } # FILE NUMBER
has() { grep -q -- "$2" "$T/$1"; }          # FILE PATTERN

declare_queue sms sms mo.#
declare_queue cdr
stp stp $STP
box_conf
register $VMN
register 447700902000 447700903999
cat >>"$T/box.conf" <<END

group = plugin
id = cdr
path = $BUILD/plugins/cdr.so
node = box1
file = $T/cdr.json
text = yes

group = plugin
id = amqp
path = $BUILD/plugins/amqp.so
timeout = 4
port = $PORT
username = guest
password = guest
mode = route
exchange = sms
routing-key = mo.%P
confirm-timeout = 3
heartbeat = 1
cdr-routing-key = cdr
END
box

verify delivered drive --text 'to the queue' $VMN
verify unicode drive --text 'to the queue as well: €' $VMN
verify is-in-the-queue drain sms
verify both-are lines sms.drained 2
verify with-its-text has sms.drained '"text":"to the queue as well: €"'
verify under-its-key has sms.drained "	sms	2	mo.$VMN	{"
verify has-records within 3 has cdr.json \
    '"kind":"sms".*"verdict":"done","answered":true.*"text":"to the queue"'
verify records-of-all lines cdr.json 4
sleep 1
verify records-are-published drain cdr
verify as-many lines cdr.drained 4

broker stop
verify away-is-temporary drive --text 'nobody there' --expect error:34 $VMN
verify says-why within 3 has cdr.json \
    '"verdict":"tempfail".*"notes":"amqp: [a-z ]*".*"text":"nobody there"'
broker start
again() { drive --text 'there again' $VMN; }
verify delivers-again within 10 again
verify nothing-else-was-queued drain sms
verify but-that has sms.drained 'there again'
verify and-not-what-failed sh -c "! grep -q 'nobody there' '$T/sms.drained'"

# Retries as SMSCs make them, while it is killed, stopped and frozen.
# AMQP_ROUNDS=17 makes 102,000 messages of it.
load() { # FAULT: begins while messages flow
    start load drive --window 40 --retry-on-error 60 --retry-delay 300 \
        --retry-delay-max 1000 --text "storm $1 $round {n}" \
        447700902000..447700903999
    sleep 0.3
    broker "$1"
}
all_delivered() { wait "$(pid_of load)"; }
round=0
while [ $round -lt "${AMQP_ROUNDS:=1}" ]; do
    round=$((round + 1))
    load kill
    broker start
    verify delivers-all-over-a-kill all_delivered
    load stop
    broker start
    verify delivers-all-over-a-stop all_delivered
    load freeze
    sleep 4
    broker thaw
    verify delivers-all-over-a-freeze all_delivered
done
verify some-had-to-come-again [ "$(count drive 'rror 34')" -gt 20 ]
sleep 2
broker kill # what is on its disk counts
broker start
drain sms
cut -f1 "$T/sms.drained" | sort -u >"$T/queued"
sed -n 's/.*"kind":"sms","id":"\([0-9a-f]*\)".*"verdict":"done","answered":true.*"text":"storm.*/\1/p' \
    "$T/cdr.json" | sort -u >"$T/confirmed"
lost=$(comm -23 "$T/confirmed" "$T/queued" | wc -l)
echo "      $(wc -l <"$T/confirmed") confirmed to the SMSC, $(wc -l <"$T/queued") in the queue, $lost lost, $(($(wc -l <"$T/sms.drained") - $(wc -l <"$T/queued"))) there again"
verify confirms-nothing-that-the-broker-has-not [ "$lost" = 0 ]
verify has-confirmed-all \
    [ "$(wc -l <"$T/confirmed")" = $((6000 * AMQP_ROUNDS)) ]
