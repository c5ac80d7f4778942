%% SPDX-License-Identifier: BSD-2-Clause
%%
%% oracle_map - the rows of MAP: parameters, errors and dialogue PDUs
%%
%% A row names a type of the 3GPP modules, makes random values of it with
%% everything optional that it may have, and says in the words of diff.h what
%% our code must understand of one. What it has no field for is in the octets,
%% not in the words.

-module(oracle_map).
-export([rows/0, type/2, make/2, text/3, paths/2, optional/2, addr/2]).
-import(oracle_ber, [below/1, coin/0, one_in/1, pick/1, octets/1, hex/1]).

rows() ->
    [{"sri-arg", V} || V <- [1, 2, 3]] ++
    [{"sri-res", V} || V <- [1, 2, 3]] ++
    [{"mt-arg", V} || V <- [1, 2, 3]] ++
    [{"mo-arg", 3}, {"mt-res", 3}, {"dlg", 2}, {"dlg", 3}] ++
    [{"status-arg", V} || V <- [1, 2, 3]] ++
    [{"status-res", V} || V <- [2, 3]] ++
    [{"alert-arg", V} || V <- [1, 2, 3]] ++
    [{"inform-arg", V} || V <- [2, 3]] ++
    [{"ready-arg", V} || V <- [1, 2, 3]] ++
    [{"ready-res", 3}] ++
    [{"err-" ++ integer_to_list(C), V} || V <- [1, 2, 3], C <- errors(V)].

errors(1) -> [1, 5, 9, 11, 13, 21, 27, 32, 33, 34, 36];
errors(2) -> [1, 5, 9, 11, 12, 13, 21, 27, 31, 32, 33, 34, 35, 36];
errors(3) -> [6 | errors(2)].

%% Module and type; none: this version gives it no parameter.
type("sri-arg", V) -> {sm(V), 'RoutingInfoForSM-Arg'};
type("sri-res", V) -> {sm(V), 'RoutingInfoForSM-Res'};
type("mt-arg", 3) -> {sm(3), 'MT-ForwardSM-Arg'};
type("mt-arg", V) -> {sm(V), 'ForwardSM-Arg'};
type("mo-arg", 3) -> {sm(3), 'MO-ForwardSM-Arg'};
type("mt-res", 3) -> {sm(3), 'MT-ForwardSM-Res'};
type("dlg", 3) -> {'MAP-DialogueInformation', 'MAP-DialoguePDU'};
type("dlg", 2) -> {'MAPv2-DialogueInformation', 'MAP-DialoguePDU'};
type("status-arg", V) -> {sm(V), 'ReportSM-DeliveryStatusArg'};
type("status-res", 2) -> {'MAPv2-CommonDataTypes', 'ISDN-AddressString'};
type("status-res", 3) -> {sm(3), 'ReportSM-DeliveryStatusRes'};
type("alert-arg", V) -> {sm(V), 'AlertServiceCentreArg'};
type("inform-arg", V) -> {sm(V), 'InformServiceCentreArg'};
type("ready-arg", 1) -> {'MAPv2-CommonDataTypes', 'IMSI'};
type("ready-arg", V) -> {sm(V), 'ReadyForSM-Arg'};
type("ready-res", 3) -> {sm(3), 'ReadyForSM-Res'};
type("err-" ++ C, V) -> error_type(list_to_integer(C), V).

sm(3) -> 'MAP-SM-DataTypes';
sm(_) -> 'MAPv2-SM-DataTypes'.

error_type(27, 1) -> {'OracleTypes', 'Mwd-Set'};
error_type(13, V) when V < 3 -> {'MAPv2-ER-DataTypes', 'CallBarringCause'};
error_type(32, V) when V < 3 ->
    {'MAPv2-ER-DataTypes', 'SM-DeliveryFailureCause'};
error_type(34, V) when V < 3 -> {'MAPv2-CommonDataTypes', 'NetworkResource'};
error_type(_, V) when V < 3 -> none;
error_type(C, 3) -> {'MAP-ER-DataTypes', element(2, lists:keyfind(C, 1, [
    {1, 'UnknownSubscriberParam'}, {5, 'UnidentifiedSubParam'},
    {6, 'AbsentSubscriberSM-Param'}, {9, 'IllegalSubscriberParam'},
    {11, 'TeleservNotProvParam'}, {12, 'IllegalEquipmentParam'},
    {13, 'CallBarredParam'}, {21, 'FacilityNotSupParam'},
    {27, 'AbsentSubscriberParam'}, {31, 'SubBusyForMT-SMS-Param'},
    {32, 'SM-DeliveryFailureCause'}, {33, 'MessageWaitListFullParam'},
    {34, 'SystemFailureParam'}, {35, 'DataMissingParam'},
    {36, 'UnexpectedDataParam'}]))}.

%% May the parameter be left out altogether?
optional("err-32", _) -> false;
optional("err-" ++ _, _) -> true;
optional(Name, _) -> lists:member(Name, ["mt-res", "status-res", "ready-res"]).

%% Where unknown elements may stand (behind an extension marker), which
%% strings our reader takes in pieces too, and what oracle_ber:strange() may
%% do where.
paths("sri-arg", V) ->
    [{grow, [[] | [P || V =:= 3, P <- [[16#a6], [16#a6, 16#a1]]]]},
     {bools, [[16#81]]}, {enums, [[16#8a]]}, {pieces, [[16#80], [16#82]]}];
paths("sri-res", V) ->
    [{grow, [[], [16#a0]] ++
            [P || V =:= 3, P <- [[16#a4], [16#a0, 16#30], [16#a5]]]},
     {bools, [[16#82]]},
     {pieces, [[4], [16#a0, 16#81], [16#a0, 16#80], [16#a0, 4]]}];
paths(Name, V) when Name =:= "mt-arg"; Name =:= "mo-arg" ->
    [{grow, [[] | [[16#30] || V =:= 3]]},
     %% in mo-ForwardSM [1] is also sm-DeliveryOutcome, no string
     {pieces, [[16#80], [16#82], [16#83], [16#84], [4]] ++
              [[16#81] || Name =:= "mt-arg"]}];
paths("dlg", V) -> [{grow, [[] | [[16#30] || V =:= 3]]}];
paths("status-arg", V) ->
    [{grow, [[] | [[16#a1] || V =:= 3]]}, {pieces, [[4]]}];
paths("status-res", 2) -> [{pieces, [[]]}];
paths("inform-arg", _) ->
    [{grow, [[], [16#30]]}, {pieces, [[4]]}, {bits, [[3]]}];
paths("alert-arg", _) -> [{grow, [[]]}, {pieces, [[4]]}]; % 30 cannot grow
paths("ready-arg", 1) -> [{pieces, [[]]}];
paths("ready-arg", _) -> [{grow, [[], [16#30]]}, {pieces, [[16#80]]}];
paths("err-" ++ C, V) -> error_paths(list_to_integer(C), V);
paths(_, _) -> [{grow, [[], [16#30]]}, {pieces, [[4]]}].

error_paths(27, 1) -> [{bools, [[]]}];
error_paths(32, 1) -> [];
error_paths(C, V) when V < 3, C =/= 32 -> [];
error_paths(C, _) ->
    [{grow, [[], [16#30], [16#30, 16#a1]]},
     {enums, case C of
         1 -> [[16#0a]];
         27 -> [[16#80]];
         34 -> [[16#80], [16#81]];
         _ -> []
     end}].

%% A random value.
make("sri-arg", 3) ->
    seq([{msisdn, isdn()}, {'sm-RP-PRI', coin()},
         {serviceCentreAddress, address()}] ++
        opt([{extensionContainer, fun ext/0}, null(gprsSupportIndicator),
             {'sm-RP-MTI', fun() -> below(11) end},
             {'sm-RP-SMEA', fun() -> octets(1 + below(12)) end},
             {'sm-deliveryNotIntended', fun not_intended/0},
             null('ip-sm-gwGuidanceIndicator'), {imsi, fun imsi/0},
             null('t4-Trigger-Indicator'), null(singleAttemptDelivery),
             {correlationID, fun correlation/0},
             null('smsf-supportIndicator')]));
make("sri-arg", V) ->
    seq([{msisdn, isdn()}, {'sm-RP-PRI', coin()},
         {serviceCentreAddress, address()}] ++
        opt([{teleservice, fun() -> octets(1) end} || V =:= 1]));
make("sri-res", 3) ->
    seq([{imsi, imsi()}, {locationInfoWithLMSI, location()}] ++
        opt([{extensionContainer, fun ext/0},
             {'ip-sm-gwGuidance', fun guidance/0}]));
make("sri-res", V) ->
    Node = case V =:= 1 andalso coin() of
        true -> roamingNumber;
        false -> 'msc-Number'
    end,
    seq([{imsi, imsi()},
         {locationInfoWithLMSI,
          seq([{locationInfo, {Node, isdn()}}] ++ opt([{lmsi, fun lmsi/0}]))}]
        ++ opt([{'mwd-Set', fun oracle_ber:coin/0} || V =:= 1]));
make("mt-arg", 3) ->
    seq([{'sm-RP-DA', da(3)}, {'sm-RP-OA', oa(3)}, {'sm-RP-UI', signal()}] ++
        opt([null(moreMessagesToSend), {extensionContainer, fun ext/0},
             {smDeliveryTimer, fun timer/0}, {smDeliveryStartTime, fun lmsi/0},
             null('smsOverIP-OnlyIndicator'),
             {correlationID, fun correlation/0},
             {maximumRetransmissionTime, fun lmsi/0},
             {smsGmscAddress, fun isdn/0},
             {smsGmscDiameterAddress, fun diameter/0}]));
make("mt-arg", V) ->
    seq([{'sm-RP-DA', da(V)}, {'sm-RP-OA', oa(V)}, {'sm-RP-UI', signal()}] ++
        opt([null(moreMessagesToSend) || V =:= 2]));
make("mo-arg", 3) ->
    seq([{'sm-RP-DA', da(3)}, {'sm-RP-OA', oa(3)}, {'sm-RP-UI', signal()}] ++
        opt([{extensionContainer, fun ext/0}, {imsi, fun imsi/0},
             {correlationID, fun correlation/0},
             {'sm-DeliveryOutcome', fun outcome/0}]));
make("mt-res", 3) ->
    maybe_none(seq(opt([{'sm-RP-UI', fun signal/0},
                        {extensionContainer, fun ext/0}])));
make("dlg", V) -> dialogue(V);
make("status-arg", 3) ->
    seq([{msisdn, isdn()}, {serviceCentreAddress, address()},
         {'sm-DeliveryOutcome', outcome()}] ++
        opt([{absentSubscriberDiagnosticSM, fun octet/0},
             {extensionContainer, fun ext/0}, null(gprsSupportIndicator),
             null(deliveryOutcomeIndicator),
             {'additionalSM-DeliveryOutcome', fun outcome/0},
             {additionalAbsentSubscriberDiagnosticSM, fun octet/0},
             null('ip-sm-gw-Indicator'),
             {'ip-sm-gw-sm-deliveryOutcome', fun outcome/0},
             {'ip-sm-gw-absentSubscriberDiagnosticSM', fun octet/0},
             {imsi, fun imsi/0}, null(singleAttemptDelivery),
             {correlationID, fun correlation/0},
             null('smsf-3gpp-deliveryOutcomeIndicator'),
             {'smsf-3gpp-deliveryOutcome', fun outcome/0},
             {'smsf-3gpp-absentSubscriberDiagSM', fun octet/0},
             null('smsf-non-3gpp-deliveryOutcomeIndicator'),
             {'smsf-non-3gpp-deliveryOutcome', fun outcome/0},
             {'smsf-non-3gpp-absentSubscriberDiagSM', fun octet/0}]));
make("status-arg", V) ->
    seq([{msisdn, isdn()}, {serviceCentreAddress, address()}] ++
        [{'sm-DeliveryOutcome', outcome()} || V =:= 2]);
make("status-res", 2) -> maybe_none(isdn());
make("status-res", 3) ->
    maybe_none(seq(opt([{storedMSISDN, fun isdn/0},
                        {extensionContainer, fun ext/0}])));
make("alert-arg", V) ->
    seq([{msisdn, isdn()}, {serviceCentreAddress, address()}] ++
        opt([F || V =:= 3, F <- [
             {imsi, fun imsi/0}, {correlationID, fun correlation/0},
             {maximumUeAvailabilityTime, fun lmsi/0},
             {smsGmscAlertEvent, fun() -> pick(alert_events()) end},
             {smsGmscDiameterAddress, fun diameter/0},
             {newSGSNNumber, fun isdn/0},
             {newSGSNDiameterAddress, fun diameter/0},
             {newMMENumber, fun isdn/0},
             {newMMEDiameterAddress, fun diameter/0},
             {newMSCNumber, fun isdn/0}]]));
make("inform-arg", 3) ->
    seq(opt([{storedMSISDN, fun isdn/0},
             {'mw-Status', fun() -> mw_status(3, 6 + below(11)) end},
             {extensionContainer, fun ext/0},
             {absentSubscriberDiagnosticSM, fun octet/0},
             {additionalAbsentSubscriberDiagnosticSM, fun octet/0},
             {smsf3gppAbsentSubscriberDiagnosticSM, fun octet/0},
             {smsfNon3gppAbsentSubscriberDiagnosticSM, fun octet/0}]));
make("inform-arg", 2) ->
    seq(opt([{storedMSISDN, fun isdn/0},
             {'mw-Status', fun() -> mw_status(2, 6) end}]));
make("ready-arg", 1) -> imsi();
make("ready-arg", V) ->
    seq([{imsi, imsi()}, {alertReason, pick(alert_reasons())}] ++
        opt([F || V =:= 3, F <- [
             null(alertReasonIndicator), {extensionContainer, fun ext/0},
             null(additionalAlertReasonIndicator),
             {maximumUeAvailabilityTime, fun lmsi/0}]]));
make("ready-res", 3) ->
    maybe_none(seq(opt([{extensionContainer, fun ext/0}])));
make("err-" ++ C, V) ->
    Code = list_to_integer(C),
    case type("err-" ++ C, V) of
        none -> none;
        _ when Code =:= 32 -> failure(V);
        _ -> maybe_none(error_value(Code, V))
    end.

failure(1) -> {'sm-EnumeratedDeliveryFailureCause', pick(failures())};
failure(2) ->
    {'sm-DeliveryFailureCauseWithDiagnostic',
     seq([{'sm-EnumeratedDeliveryFailureCause', pick(failures())}] ++
         opt([{diagnosticInfo, fun signal/0}]))};
failure(3) ->
    seq([{'sm-EnumeratedDeliveryFailureCause', pick(failures())}] ++
        opt([{diagnosticInfo, fun signal/0},
             {extensionContainer, fun ext/0}])).

error_value(13, 3) ->
    {extensibleCallBarredParam,
     seq(opt([{callBarringCause, fun() -> pick(barrings()) end},
              {extensionContainer, fun ext/0},
              null(unauthorisedMessageOriginator),
              null(anonymousCallRejection)]))};
error_value(34, 3) ->
    {extensibleSystemFailureParam,
     seq(opt([{networkResource, fun() -> pick(resources()) end},
              {extensionContainer, fun ext/0},
              {additionalNetworkResource,
               fun() -> pick([sgsn, ggsn, auc, ue, mme]) end},
              {failureCauseParam, fun() ->
                   limitReachedOnNumberOfConcurrentLocationRequests
               end}]))};
error_value(13, _) -> pick(barrings());
error_value(34, _) -> pick(resources());
error_value(27, 1) -> coin();
error_value(C, 3) -> seq(opt([{extensionContainer, fun ext/0} | also(C)])).

also(1) -> [{unknownSubscriberDiagnostic,
             fun() -> pick([imsiUnknown, npdbMismatch]) end}];
also(6) -> [{absentSubscriberDiagnosticSM, fun octet/0},
            {additionalAbsentSubscriberDiagnosticSM, fun octet/0},
            {imsi, fun imsi/0}, {requestedRetransmissionTime, fun lmsi/0},
            {userIdentifierAlert, fun imsi/0}];
also(21) -> [null(shapeOfLocationEstimateNotSupported),
             null(neededLcsCapabilityNotSupportedInServingNode)];
also(27) -> [{absentSubscriberReason,
              fun() -> pick([imsiDetach, purgedMS]) end}];
also(31) -> [null(gprsConnectionSuspended)];
also(36) -> [null(unexpectedSubscriber)];
also(_) -> [].

dialogue(V) ->
    Ext = [{extensionContainer, fun ext/0} || V =:= 3],
    pick([
        {'map-open', seq(opt([{destinationReference, fun address/0},
                              {originationReference, fun address/0} | Ext]))},
        {'map-accept', seq(opt(Ext))},
        {'map-close', seq(opt(Ext))},
        {'map-refuse', seq([{reason, pick(reasons())}] ++
            opt(Ext ++ [{alternativeApplicationContext,
                fun() -> {0, 4, 0, 0, 1, 0, below(300), 1 + below(3)} end}
                || V =:= 3]))},
        {'map-userAbort', seq([{'map-UserAbortChoice', pick([
            {userSpecificReason, 'NULL'}, {userResourceLimitation, 'NULL'},
            {resourceUnavailable, pick(shortages())},
            {applicationProcedureCancellation, pick(cancellations())}])}] ++
            opt(Ext))},
        {'map-providerAbort',
         seq([{'map-ProviderAbortReason', pick(aborts())}] ++ opt(Ext))}]).

location() ->
    seq([{'networkNode-Number', isdn()}] ++
        opt([{lmsi, fun lmsi/0}, {extensionContainer, fun ext/0},
             null(gprsNodeIndicator), {'additional-Number', fun additional/0},
             {networkNodeDiameterAddress, fun diameter/0},
             {additionalNetworkNodeDiameterAddress, fun diameter/0},
             {thirdNumber, fun additional/0},
             {thirdNetworkNodeDiameterAddress, fun diameter/0},
             null(imsNodeIndicator), {'smsf-3gpp-Number', fun isdn/0},
             {'smsf-3gpp-DiameterAddress', fun diameter/0},
             {'smsf-non-3gpp-Number', fun isdn/0},
             {'smsf-non-3gpp-DiameterAddress', fun diameter/0},
             null('smsf-3gpp-address-indicator'),
             null('smsf-non-3gpp-address-indicator')])).

additional() -> {pick(['msc-Number', 'sgsn-Number']), isdn()}.
diameter() ->
    seq([{'diameter-Name', octets(9 + below(30))},
         {'diameter-Realm', octets(9 + below(30))}]).
correlation() ->
    seq([{'sip-uri-B', octets(below(30))}] ++
        opt([{'hlr-id', fun imsi/0}, {'sip-uri-A', fun signal/0}])).
guidance() ->
    seq([{minimumDeliveryTimeValue, timer()},
         {recommendedDeliveryTimeValue, timer()}] ++
        opt([{extensionContainer, fun ext/0}])).
timer() -> 30 + below(571).
octet() -> below(256).
lmsi() -> octets(4).
signal() -> octets(1 + below(case one_in(4) of true -> 200; _ -> 20 end)).
not_intended() ->
    pick(['onlyIMSI-requested', 'onlyMCC-MNC-requested']).
mw_status(V, Bits) ->
    Named = lists:sublist(mw_names(), case V of 2 -> 3; 3 -> 6 end),
    Others = [{bit, N} || N <- lists:seq(length(Named), 15)],
    [Bit || Bit <- lists:sublist(Named ++ Others, Bits), coin()].

da(V) ->
    Address = address(),
    pick([{imsi, imsi()}, {lmsi, lmsi()}, {serviceCentreAddressDA, Address},
          case V of 1 -> {roamingNumber, isdn()}; _ -> {'noSM-RP-DA', 'NULL'}
          end]).
oa(V) ->
    pick([{msisdn, isdn()}, {serviceCentreAddressOA, address()}] ++
         [{'noSM-RP-OA', 'NULL'} || V > 1]).

isdn() -> address(9).
address() -> address(20).
address(Octets) ->
    Nature = case coin() of true -> 16#91; false -> 128 + below(128) end,
    <<Nature, (tbcd(below(2 * Octets - 1)))/binary>>.
imsi() -> tbcd(5 + below(12)).
tbcd(N) ->
    Letters = case one_in(4) of true -> 15; false -> 10 end,
    << <<Hi:4, Lo:4>> || {Lo, Hi} <- pairs([below(Letters) ||
                                            _ <- lists:seq(1, N)]) >>.
pairs([Lo, Hi | Rest]) -> [{Lo, Hi} | pairs(Rest)];
pairs([Lo]) -> [{Lo, 15}];
pairs([]) -> [].

%% An ExtensionContainer: nobody's private extensions, of any content.
ext() ->
    seq(opt([{privateExtensionList,
              fun() -> [private() || _ <- lists:seq(1, 1 + below(3))] end},
             {'pcs-Extensions', fun() -> #{} end}])).
private() ->
    seq([{extId, {1, 2, 826, 0, 1249, below(1 bsl 20)}}] ++
        opt([{extType, fun() -> oracle_ber:value(3) end}])).

seq(Fields) -> maps:from_list(Fields).
null(Name) -> {Name, fun() -> 'NULL' end}.
maybe_none(V) -> case one_in(8) of true -> none; false -> V end.

%% Each with its own chance, so that few and many come together.
opt(Fields) ->
    Chance = rand:uniform(),
    [{Name, Make()} || {Name, Make} <- Fields, rand:uniform() < Chance].

%% Enumerations, in the order of their values.
alert_events() -> [msAvailableForMtSms, msUnderNewServingNode].
alert_reasons() -> ['ms-Present', memoryAvailable].
outcome() -> pick(outcomes()).
outcomes() -> [memoryCapacityExceeded, absentSubscriber, successfulTransfer].
mw_names() ->
    ['sc-AddressNotIncluded', 'mnrf-Set', 'mcef-Set', 'mnrg-Set', 'mnr5g-Set',
     'mnr5gn3g-Set'].
barrings() -> [barringServiceActive, operatorBarring].
resources() -> [plmn, hlr, vlr, pvlr, controllingMSC, vmsc, eir, rss].
failures() ->
    [memoryCapacityExceeded, equipmentProtocolError, 'equipmentNotSM-Equipped',
     unknownServiceCentre, 'sc-Congestion', 'invalidSME-Address',
     'subscriberNotSC-Subscriber'].
reasons() ->
    [noReasonGiven, invalidDestinationReference, invalidOriginatingReference].
shortages() -> [shortTermResourceLimitation, longTermResourceLimitation].
cancellations() ->
    [handoverCancellation, radioChannelRelease, networkPathRelease, callRelease,
     associatedProcedureFailure, tandemDialogueRelease,
     remoteOperationsFailure].
aborts() -> [abnormalDialogue, invalidPDU].

number(Value, Names) -> number(Value, Names, 0).
number(Value, [Value | _], N) -> integer_to_list(N);
number(Value, [_ | Rest], N) -> number(Value, Rest, N + 1).

%% What our code must understand of a value.
text("sri-arg", _, V) ->
    [addr("msisdn", maps:get(msisdn, V)),
     addr(" sc", maps:get(serviceCentreAddress, V)),
     " pri=", bit(maps:get('sm-RP-PRI', V)),
     " gprs=", bit(maps:is_key(gprsSupportIndicator, V)),
     case V of
         #{'sm-deliveryNotIntended' := 'onlyIMSI-requested'} ->
             " not-intended=0";
         #{'sm-deliveryNotIntended' := 'onlyMCC-MNC-requested'} ->
             " not-intended=1";
         _ -> "" % none, or one that is not understood
     end];
text("sri-res", 3, #{locationInfoWithLMSI := L} = V) ->
    sri_res(V, maps:get('networkNode-Number', L), L);
text("sri-res", _, #{locationInfoWithLMSI := L} = V) ->
    sri_res(V, element(2, maps:get(locationInfo, L)), L);
text(Name, _, V) when Name =:= "mt-arg"; Name =:= "mo-arg" ->
    [case maps:get('sm-RP-DA', V) of
         {imsi, I} -> ["da=imsi:", digits(I)];
         {lmsi, L} -> ["da=lmsi:", hex(L)];
         {roamingNumber, A} -> addr("da=roaming", A);
         {serviceCentreAddressDA, A} -> addr("da=sc", A);
         {'noSM-RP-DA', _} -> "da=none"
     end,
     case maps:get('sm-RP-OA', V) of
         {msisdn, A} -> addr(" oa=msisdn", A);
         {serviceCentreAddressOA, A} -> addr(" oa=sc", A);
         {'noSM-RP-OA', _} -> " oa=none"
     end,
     " more=", bit(maps:is_key(moreMessagesToSend, V)),
     " timer=", integer_to_list(maps:get(smDeliveryTimer, V, 0)),
     " ui=", hex(maps:get('sm-RP-UI', V))];
text("status-arg", _, V) ->
    [addr("msisdn", maps:get(msisdn, V)),
     addr(" sc", maps:get(serviceCentreAddress, V)),
     " outcome=", case V of
         #{'sm-DeliveryOutcome' := O} -> number(O, outcomes());
         _ -> "-1"
     end,
     " diagnostic=", diagnostic(V)];
text("status-res", 2, V) -> addr("stored", V);
text("status-res", 3, none) -> addr("stored", none);
text("status-res", 3, V) -> addr("stored", maps:get(storedMSISDN, V, none));
text("alert-arg", _, V) ->
    [addr("msisdn", maps:get(msisdn, V)),
     addr(" sc", maps:get(serviceCentreAddress, V))];
text("inform-arg", _, V) ->
    [addr("stored", maps:get(storedMSISDN, V, none)),
     " mw=", integer_to_list(mw(maps:get('mw-Status', V, none))),
     " diagnostic=", diagnostic(V)];
text("ready-arg", 1, V) -> ["imsi=", digits(V), " reason=0"];
text("ready-arg", _, V) ->
    ["imsi=", digits(maps:get(imsi, V)),
     " reason=", number(maps:get(alertReason, V), alert_reasons())];
text(Name, _, _) when Name =:= "mt-res"; Name =:= "ready-res" -> "result";
text("dlg", _, V) -> dlg_text(V);
text("err-" ++ C, V, Value) ->
    ["cause=", error_cause(list_to_integer(C), V, Value)].

sri_res(V, Node, L) ->
    ["imsi=", digits(maps:get(imsi, V)), addr(" node", Node),
     " lmsi=", hex(maps:get(lmsi, L, <<>>))].

diagnostic(#{absentSubscriberDiagnosticSM := D}) -> integer_to_list(D);
diagnostic(_) -> "-1".

%% The value of MW-Status, its first bit the highest of 16.
mw(none) -> -1;
mw(Bits) -> lists:sum([16#8000 bsr mw_bit(Bit) || Bit <- Bits]).
mw_bit({bit, N}) -> N;
mw_bit(Name) -> list_to_integer(number(Name, mw_names())).

error_cause(_, _, none) -> "-1";
error_cause(6, 3, V) -> diagnostic(V);
error_cause(13, 3, {_, V}) -> cause(callBarringCause, V, barrings());
error_cause(34, 3, {_, V}) -> cause(networkResource, V, resources());
error_cause(32, 1, {'sm-EnumeratedDeliveryFailureCause', F}) ->
    number(F, failures());
error_cause(32, 2, {'sm-DeliveryFailureCauseWithDiagnostic', V}) ->
    cause('sm-EnumeratedDeliveryFailureCause', V, failures());
error_cause(32, 3, V) ->
    cause('sm-EnumeratedDeliveryFailureCause', V, failures());
error_cause(13, _, V) -> number(V, barrings());
error_cause(34, _, V) -> number(V, resources());
error_cause(_, _, _) -> "-1".

cause(Name, V, Names) ->
    case V of
        #{Name := Value} -> number(Value, Names);
        _ -> "-1"
    end.

dlg_text({'map-open', V}) ->
    ["a0", addr(" dest", maps:get(destinationReference, V, none)),
     addr(" orig", maps:get(originationReference, V, none))];
dlg_text({'map-accept', _}) -> "a1";
dlg_text({'map-close', _}) -> "a2";
dlg_text({'map-refuse', #{reason := R} = V}) ->
    ["a3 reason=", number(R, reasons()), " alternative=",
     case V of
         #{alternativeApplicationContext := Oid} -> hex(oracle_ber:oid(Oid));
         _ -> ""
     end];
dlg_text({'map-userAbort', #{'map-UserAbortChoice' := Choice}}) ->
    case Choice of
        {userSpecificReason, _} -> "a4 abort=80 reason=0";
        {userResourceLimitation, _} -> "a4 abort=81 reason=0";
        {resourceUnavailable, R} ->
            ["a4 abort=82 reason=", number(R, shortages())];
        {applicationProcedureCancellation, R} ->
            ["a4 abort=83 reason=", number(R, cancellations())]
    end;
dlg_text({'map-providerAbort', #{'map-ProviderAbortReason' := R}}) ->
    ["a5 reason=", number(R, aborts())].

bit(true) -> "1";
bit(false) -> "0".

addr(Name, none) -> [Name, "=-"];
addr(Name, <<Nature, Digits/binary>>) ->
    [Name, "=", hex(<<Nature>>), ":", digits(Digits)].

digits(Tbcd) -> [digit(N) || <<Hi:4, Lo:4>> <= Tbcd, N <- [Lo, Hi], N < 15].
digit(N) -> lists:nth(N + 1, "0123456789*#abc").
