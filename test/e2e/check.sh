# SPDX-License-Identifier: BSD-2-Clause
#
# check - sigtran-box --check: what each route promises and what it cannot,
# without touching anything; and configure, which names all that is missing

. "$TOP/test/e2e/lib.sh"
box_conf
cat >>"$T/box.conf" <<END

group = route
id = other
vmn-prefix = 4477
confirm = box

group = route
id = third
vmn-prefix = 4478
confirm = app
deadline = 4
END
box=$BUILD/sigtran-box/sigtran-box
"$box" --check "$T/box.conf" >"$T/check.log" 2>&1
verify good-is-0 [ $? = 0 ]
verify says-so logged check 'box.conf: no errors'
shows KB-05
verify reply logged check 'route apps: confirm = reply'
verify reply-needs logged check 'route apps:.*max-messages >= 1'
verify reply-statuses logged check 'route apps:.*status 200 or 202'
verify reply-bound logged check 'route apps: at most 256'
verify reply-breaks logged check 'route apps:.*X-Kannel-SMSC'
verify box-loses logged check 'WARNING: route other:.*is lost'
verify app-needs logged check 'route third:.*stock smsbox does not'
verify app-deadline logged check 'route third:.*at most 4 s'
shows
verify dedup-ends logged check 'dedup = memory:.*restart'
verify nothing-is-made [ ! -e "$T/register.db" ]
verify nothing-listens sh -c "! ss -Hltn 'sport = :$BOXPORT' | grep -q ."
sed 's/^confirm = app/confirm = perhaps/; s/^hlr-gt/hlr-gtt/' "$T/box.conf" \
    >"$T/bad.conf"
shows KB-10
"$box" --check "$T/bad.conf" >"$T/bad.log" 2>&1
verify bad-is-1 [ $? = 1 ]
verify bad-value-told logged bad 'group route third: confirm = <perhaps>'
verify unknown-key-told logged bad 'bad.conf:[0-9]*: .*hlr-gtt'
verify missing-key-told logged bad 'group ss7-network home: hlr-gt is missing'

shows
"$box" --limits >"$T/limits.log"
verify limits-are-told logged limits '^SS7_NETWORKS  *16 '

# configure where there is nothing but a compiler
if command -v cc >/dev/null; then
    mkdir "$T/empty"
    (cd "$T/empty" && PKG_CONFIG=/nonexistent CPPFLAGS=-nostdinc \
        "$TOP/configure" --with-gw-config=/nonexistent) >"$T/configure.log" 2>&1
    verify configure-fails [ $? = 1 ]
    for p in pkg-config libosmocore-dev libosmo-netif-dev libosmo-sigtran-dev \
        libsctp-dev libxml2-dev libsqlite3-dev libmariadb-dev kannel-dev; do
        verify "configure-names-$p" logged configure "apt-get install.* $p"
    done
    verify no-makefile [ ! -e "$T/empty/Makefile" ]
else
    echo "skip  $SCENARIO/configure: there is no compiler"
fi
