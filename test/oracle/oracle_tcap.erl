%% SPDX-License-Identifier: BSD-2-Clause
%%
%% oracle_tcap - the rows of TCAP: messages with dialogue portion, components
%%
%% Parameters and user information stay octets: other rows look into them.

-module(oracle_tcap).
-export([rows/0, make/1, octets/1, decode/1, text/2]).
-import(oracle_ber, [below/1, coin/0, one_in/1, pick/1, hex/1, oid/1]).

-define(DIALOGUE_AS, {0, 0, 17, 773, 1, 1, 1}).
-define(UNIDIALOGUE_AS, {0, 0, 17, 773, 1, 2, 1}).
-define(MAP_AS, {0, 4, 0, 0, 1, 1, 1, 1}).

rows() ->
    [{Name, 0} || Name <- ["unidirectional", "begin", "end", "continue",
                           "abort"]].

%% A random message.
make("unidirectional") ->
    {unidirectional, maps:merge(portion(fun audt/0),
                                #{components => components(1)})};
make("begin") ->
    {'begin', some_components(maps:put(otid, tid(), portion(fun aarq/0)))};
make("continue") ->
    M = maps:merge(#{otid => tid(), dtid => tid()}, portion(fun aare/0)),
    {continue, some_components(M)};
make("end") ->
    {'end', some_components(maps:put(dtid, tid(), portion(fun aare/0)))};
make("abort") ->
    Reason = pick([fun() -> #{reason => {'p-abortCause', below(5)}} end,
                   fun() -> #{reason => {'u-abortCause', abrt()}} end,
                   fun() -> #{reason => {'u-abortCause', aare()}} end,
                   fun() -> #{reason => {'u-abortCause', bare()}} end,
                   fun() -> #{} end]),
    {abort, maps:put(dtid, tid(), Reason())}.

tid() -> oracle_ber:octets(1 + below(4)).

portion(Make) ->
    case one_in(4) of
        true -> #{};
        false -> #{dialoguePortion => Make()}
    end.

some_components(M) ->
    case one_in(4) of
        true -> M;
        false -> M#{components => components(1 + below(4))}
    end.

aarq() -> dialogue({dialogueRequest, info(associate())}).
aare() ->
    Who = pick(['dialogue-service-user', 'dialogue-service-provider']),
    Associate = (associate())#{result => below(2),
                               'result-source-diagnostic' => {Who, below(3)}},
    dialogue({dialogueResponse, info(Associate)}).
abrt() -> dialogue({dialogueAbort, info(#{'abort-source' => below(2)})}).
audt() ->
    {ok, Pdu} = 'UnidialoguePDUs':encode('UniDialoguePDU',
        {unidialoguePDU, info(associate())}),
    external(?UNIDIALOGUE_AS, {'single-ASN1-type', said_version(Pdu)}).
%% user information without a dialogue PDU around it
bare() -> pick([map_info(), foreign_info()]).
%% of an abstract syntax that only its parties have a number for
unnamed_info() ->
    #{'indirect-reference' => below(1000),
      encoding => {'single-ASN1-type', oracle_ber:value(2)}}.

dialogue(Value) ->
    {ok, Pdu} = 'DialoguePDUs':encode('DialoguePDU', Value),
    external(?DIALOGUE_AS, {'single-ASN1-type', said_version(Pdu)}).

%% The default of protocol-version may be said all the same.
said_version(Pdu) ->
    case oracle_ber:parse(Pdu) of
        [{Tag, [{16#a1, Name} | Rest]}] when Tag =/= 16#64 ->
            Version = pick([[], [{16#80, <<7, 128>>}], [{16#80, <<4, 144>>}],
                            [{16#80, <<0, 128, 0>>}]]),
            oracle_ber:join([{Tag, Version ++ [{16#a1, Name} | Rest]}]);
        _ -> Pdu
    end.

associate() ->
    Acn = pick([{0, 4, 0, 0, 1, 0, below(128), 1 + below(3)},
                {1, 2, 826, below(100000), below(5)}, {2, 5},
                {0, 4, 0, 0, 1, 0, 25, 3, 1}]),
    Version = pick([[version1], [version1], [version1], []]),
    #{'protocol-version' => Version, 'application-context-name' => Acn}.

info(Pdu) ->
    case below(4) of
        0 -> Pdu;
        1 -> Pdu#{'user-information' => [pick([foreign_info(), unnamed_info()])
                                         || _ <- lists:seq(1, 1 + below(2))]};
        2 -> Pdu#{'user-information' => [map_info()]};
        3 -> Pdu#{'user-information' => [foreign_info(), unnamed_info(),
                                         map_info(), map_info()]}
    end.

map_info() -> external(?MAP_AS, {'single-ASN1-type', oracle_ber:value(3)}).
foreign_info() ->
    Encoding = pick([{'single-ASN1-type', oracle_ber:value(2)},
                     {'octet-aligned', oracle_ber:octets(below(20))},
                     {arbitrary, <<(below(32)):5>>}]),
    E = external({1, 2, 826, 0, below(9999)}, Encoding),
    case one_in(3) of
        true -> E#{'indirect-reference' => below(1000),
                   'data-value-descriptor' => "other"};
        false -> E
    end.

external(Oid, Encoding) ->
    #{'direct-reference' => Oid, encoding => Encoding}.

components(N) -> [component(below(5)) || _ <- lists:seq(1, N)].

component(0) ->
    Linked = case one_in(4) of
        true -> #{linkedId => {present, id()}};
        false -> #{}
    end,
    ros(invoke, param(argument, Linked#{invokeId => {present, id()},
                                        opcode => code()}));
component(1) -> ros(returnResult, result());
component(2) -> {returnResultNotLast, result()};
component(3) ->
    ros(returnError, param(parameter, #{invokeId => {present, id()},
                                        errcode => code()}));
component(4) ->
    Kind = pick([general, invoke, returnResult, returnError]),
    Id = pick([{present, id()}, {absent, 'NULL'}]),
    ros(reject, #{invokeId => Id, problem => {Kind, below(8)}}).

ros(Kind, Value) -> {basicROS, {Kind, Value}}.
id() -> below(256) - 128.
code() ->
    case one_in(4) of
        true -> {global, {0, 4, 0, 0, 1, below(1 bsl 30)}};
        false ->
            N = below(pick([128, 256, 32768, 1 bsl 23, 1 bsl 31])),
            {local, pick([N, max(-N - 2, -(1 bsl 31))])}
    end.
param(Name, Value) ->
    case one_in(4) of
        true -> Value;
        false -> Value#{Name => {asn1_OPENTYPE, oracle_ber:value(4)}}
    end.
result() ->
    Value = #{invokeId => {present, id()}},
    case one_in(4) of
        true -> Value;
        false -> Value#{result => #{opcode => code(),
            result => {asn1_OPENTYPE, oracle_ber:value(4)}}}
    end.

octets(Message) ->
    {ok, Octets} = 'OracleTypes':encode('Message', Message),
    Octets.
decode(Octets) ->
    {ok, Message} = 'OracleTypes':decode('Message', Octets),
    Message.

%% What our code must understand of a message.
text(Name, {Kind, M}) ->
    Name = atom_to_list(Kind),
    ["otid=", hex(maps:get(otid, M, <<>>)),
     " dtid=", hex(maps:get(dtid, M, <<>>)),
     case M of
         #{reason := {'p-abortCause', Cause}} ->
             [" p-abort=", code_of(Cause), " dlg=-"];
         #{reason := {'u-abortCause', D}} -> dialogue_text(D);
         #{dialoguePortion := D} -> dialogue_text(D);
         _ -> " dlg=-"
     end,
     [component_text(C) || C <- maps:get(components, M, [])]].

dialogue_text(#{'direct-reference' := ?DIALOGUE_AS,
                encoding := {'single-ASN1-type', Pdu}}) ->
    case 'DialoguePDUs':decode('DialoguePDU', Pdu) of
        {ok, {dialogueRequest, D}} ->
            [" dlg=aarq", associate_text(D), info_text(D)];
        {ok, {dialogueResponse, D}} ->
            {Who, Diagnostic} = maps:get('result-source-diagnostic', D),
            [" dlg=aare", associate_text(D),
             " result=", code_of(maps:get(result, D)), " diagnostic=",
             case Who of
                 'dialogue-service-user' -> "1:";
                 'dialogue-service-provider' -> "2:"
             end, code_of(Diagnostic), info_text(D)];
        {ok, {dialogueAbort, D}} ->
            [" dlg=abrt source=", code_of(maps:get('abort-source', D)),
             info_text(D)]
    end;
dialogue_text(#{'direct-reference' := ?UNIDIALOGUE_AS,
                encoding := {'single-ASN1-type', Pdu}}) ->
    {ok, {unidialoguePDU, D}} =
        'UnidialoguePDUs':decode('UniDialoguePDU', Pdu),
    [" dlg=audt", associate_text(D), info_text(D)];
dialogue_text(External) ->
    [" dlg=foreign", info_text(#{'user-information' => [External]})].

associate_text(D) ->
    Version1 = lists:member(version1, maps:get('protocol-version', D)),
    [case Version1 of true -> " version1=1"; false -> " version1=0" end,
     " acn=", hex(oid(maps:get('application-context-name', D)))].

info_text(#{'user-information' := List}) ->
    Named = [E || #{'direct-reference' := _} = E <- List],
    case [Value || #{'direct-reference' := ?MAP_AS,
                     encoding := {'single-ASN1-type', Value}} <- List] of
        [Value | _] -> [" info=map:", tree(Value)];
        [] when Named =/= [] -> " info=foreign";
        [] -> " info=-"
    end;
info_text(_) -> " info=-".

component_text({returnResultNotLast, V}) -> component_text("a7", V);
component_text({basicROS, {invoke, V}}) -> component_text("a1", V);
component_text({basicROS, {returnResult, V}}) -> component_text("a2", V);
component_text({basicROS, {returnError, V}}) -> component_text("a3", V);
component_text({basicROS, {reject, V}}) -> component_text("a4", V).

component_text(Tag, V) ->
    [" [", Tag,
     [[" id=", integer_to_list(Id)] || {present, Id} <- get(invokeId, V)],
     [[" linked=", integer_to_list(Id)] || {present, Id} <- get(linkedId, V)],
     [[" op=", operation(Code)] || Code <- get(opcode, V)],
     [[" error=", error_code(Code)] || Code <- get(errcode, V)],
     [[" problem=", problem(Kind), ":", problem(Kind, N)] ||
         {Kind, N} <- get(problem, V)],
     [[" op=", operation(Code), " param=", tree(P)] ||
         #{opcode := Code, result := {_, P}} <- get(result, V)],
     [[" param=", tree(P)] ||
         {_, P} <- get(argument, V) ++ get(parameter, V)],
     "]"].

get(Name, V) -> [Value || {N, Value} <- maps:to_list(V), N =:= Name].

operation({local, N}) -> integer_to_list(N);
operation({global, Oid}) -> ["oid:", hex(oid(Oid))].
error_code({local, N}) -> integer_to_list(N);
error_code({global, _}) -> "oid".

problem(general) -> "80";
problem(invoke) -> "81";
problem(returnResult) -> "82";
problem(returnError) -> "83".

problem(_, N) when is_integer(N) -> integer_to_list(N);
problem(Kind, Name) ->
    Names = #{general => [unrecognizedPDU, mistypedPDU, badlyStructuredPDU],
              invoke => [duplicateInvocation, unrecognizedOperation,
                         mistypedArgument, resourceLimitation,
                         releaseInProgress, unrecognizedLinkedId,
                         linkedResponseUnexpected, unexpectedLinkedOperation],
              returnResult => [unrecognizedInvocation,
                               resultResponseUnexpected, mistypedResult],
              returnError => [unrecognizedInvocation, errorResponseUnexpected,
                              unrecognizedError, unexpectedError,
                              mistypedParameter]},
    {_, N} = lists:keyfind(Name, 1, lists:zip(maps:get(Kind, Names),
        lists:seq(0, length(maps:get(Kind, Names)) - 1))),
    integer_to_list(N).

tree(Octets) -> oracle_ber:text(oracle_ber:parse(Octets)).

%% Numbers that have a name come as the name.
code_of(N) when is_integer(N) -> integer_to_list(N);
code_of(Name) ->
    {Name, N} = lists:keyfind(Name, 1, [
        {unrecognizedMessageType, 0}, {unrecognizedTransactionID, 1},
        {badlyFormattedTransactionPortion, 2}, {incorrectTransactionPortion, 3},
        {resourceLimitation, 4}, {accepted, 0}, {'reject-permanent', 1},
        {null, 0}, {'no-reason-given', 1},
        {'application-context-name-not-supported', 2},
        {'no-common-dialogue-portion', 2}, {'dialogue-service-user', 0},
        {'dialogue-service-provider', 1}]),
    integer_to_list(N).
