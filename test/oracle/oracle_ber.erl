%% SPDX-License-Identifier: BSD-2-Clause
%%
%% oracle_ber - BER as a tree, to say elements in words and to write the same
%% value in other forms than the shortest: long and indefinite lengths, strings
%% in pieces, and elements that no version has yet behind an extension marker.
%%
%% A tree is a list of {Tag, Content}: the tag as its identifier octets read
%% as one number, the content a binary, or a list of the same if constructed.
%% Only what the ASN.1 compiler wrote is taken apart here, never what our own
%% code wrote.

-module(oracle_ber).
-export([parse/1, text/1, hex/1, oid/1, strange/2, wrap/2, value/1, join/1]).
-export([below/1, coin/0, one_in/1, pick/1, octets/1]).

below(N) -> rand:uniform(N) - 1.
coin() -> below(2) =:= 0.
one_in(N) -> below(N) =:= 0.
pick(L) -> lists:nth(rand:uniform(length(L)), L).
octets(N) -> << <<(below(256))>> || _ <- lists:seq(1, N) >>.

parse(<<>>) -> [];
parse(Octets) ->
    {Tag, Constructed, R} = tag(Octets),
    {Len, R1} = len(R),
    <<Body:Len/binary, Rest/binary>> = R1,
    Content = case Constructed of
        true -> parse(Body);
        false -> Body
    end,
    [{Tag, Content} | parse(Rest)].

tag(<<First, R/binary>>) ->
    Constructed = First band 16#20 =/= 0,
    case First band 31 of
        31 -> high_tag(First, Constructed, R);
        _ -> {First, Constructed, R}
    end.

high_tag(Tag, C, <<1:1, N:7, R/binary>>) -> high_tag(Tag * 256 + 128 + N, C, R);
high_tag(Tag, C, <<0:1, N:7, R/binary>>) -> {Tag * 256 + N, C, R}.

len(<<0:1, Len:7, R/binary>>) -> {Len, R};
len(<<1:1, N:7, Len:N/unit:8, R/binary>>) -> {Len, R}.

%% "30{80:91,a1{}},05:", as diff.h says it.
text(Tree) -> lists:join(",", [text1(E) || E <- Tree]).
text1({Tag, L}) when is_list(L) -> [number(Tag), "{", text(L), "}"];
text1({Tag, B}) -> [number(Tag), ":", hex(B)].
number(Tag) -> string:lowercase(integer_to_list(Tag, 16)).

hex(B) -> << <<(digit(N))>> || <<N:4>> <= B >>.
digit(N) when N < 10 -> $0 + N;
digit(N) -> $a + N - 10.

%% The content octets of an OBJECT IDENTIFIER.
oid(Oid) ->
    [A, B | Rest] = tuple_to_list(Oid),
    list_to_binary([subid(N) || N <- [A * 40 + B | Rest]]).
subid(N) -> subid(N bsr 7, <<(N band 127)>>).
subid(0, Acc) -> Acc;
subid(N, Acc) -> subid(N bsr 7, <<(128 + (N band 127)), Acc/binary>>).

%% An element of any kind, its content as good as random.
element(Depth) when Depth > 0 ->
    case coin() of
        true -> element(0);
        false ->
            Tag = pick([16#30, 16#a0, 16#af, 16#bf22, 16#7e, 16#e1, 16#31]),
            {Tag, [element(Depth - 1) || _ <- lists:seq(1, below(4))]}
    end;
element(_) ->
    Tag = pick([2, 4, 5, 10, 16#80, 16#87, 16#9f1f, 16#9f8101, 16#5e, 16#c3]),
    Most = case one_in(8) of true -> 150; false -> 12 end,
    {Tag, octets(below(Most))}.

%% The element in the shortest form.
value(Depth) -> join([element(Depth)]).
join(Tree) -> iolist_to_binary([plain(E) || E <- Tree]).
plain({Tag, L}) when is_list(L) -> plain({Tag, join(L)});
plain({Tag, B}) -> [identifier(Tag), shortest(byte_size(B)), B].

%% The same value, or another that must be understood, as no encoder of today
%% would write it: TRUE as any octet but 0, a BIT STRING of named bits without
%% those behind the last that is set, an enumeration with an unknown value.
strange(Tree, Paths) -> [strange1(E, [], Paths) || E <- Tree].
strange1({Tag, L}, Path, Paths) when is_list(L) ->
    Here = inside(Tag, Path),
    {Tag, [strange1(E, Here, Paths) || E <- L]};
strange1({Tag, B}, Path, Paths) ->
    Here = inside(Tag, Path),
    case one_in(4) andalso [What || What <- [bools, bits, enums],
                                    allowed(What, Here, Paths)] of
        [bools] when B =/= <<0>> -> {Tag, <<(1 + below(255))>>};
        [bits] -> {Tag, fewer_bits(B)};
        [enums] -> {Tag, <<(20 + below(100))>>};
        _ -> {Tag, B}
    end.

fewer_bits(<<Unused, Octets/binary>>) ->
    Bits = bit_size(Octets) - Unused,
    <<Value:Bits/bitstring, _/bitstring>> = Octets,
    Fewer = strip(Value, below(Bits + 1)),
    Left = -bit_size(Fewer) band 7,
    <<Left, Fewer/bitstring, 0:Left>>.
strip(Bits, Most) when Most > 0 ->
    N = bit_size(Bits) - 1,
    case Bits of
        <<Front:N/bitstring, 0:1>> -> strip(Front, Most - 1);
        _ -> Bits
    end;
strip(Bits, _) -> Bits.

%% Write the tree in a form chosen at random. Paths into the tree (tags, the
%% outermost first, none for the whole) say where it may grow and which
%% strings may come in pieces.
wrap(Tree, Paths) ->
    Style = pick([shortest, shortest, long, indefinite, any, any]),
    iolist_to_binary([wrap1(E, Style, [], Paths) || E <- Tree]).

wrap1({Tag, L}, Style, Path, Paths) when is_list(L) ->
    Here = inside(Tag, Path),
    Body = [wrap1(E, Style, Here, Paths) || E <- grow(L, Here, Paths)],
    constructed(Tag, iolist_to_binary(Body), Style);
wrap1({Tag, B}, Style, Path, Paths) ->
    Here = inside(Tag, Path),
    %% one without octets may be a NULL with the tag of a string
    case Style =:= any andalso B =/= <<>> andalso one_in(8) andalso
         allowed(pieces, Here, Paths) of
        true -> constructed(Tag bor 16#20, pieces(B, Style), Style);
        false -> [identifier(Tag), primitive_len(byte_size(B), Style), B]
    end.

%% Paths are kept innermost first; the outermost element has an empty one.
inside(_, []) -> [top];
inside(Tag, Path) -> [Tag | Path].

allowed(What, Path, Paths) ->
    [top | Way] = lists:reverse(Path),
    lists:member(Way, proplists:get_value(What, Paths, [])).

grow(L, Path, Paths) ->
    case allowed(grow, Path, Paths) andalso one_in(3) of
        true -> L ++ [unknown() || _ <- lists:seq(1, 1 + below(2))];
        false -> L
    end.

%% Tags that no version of the modules uses at such places.
unknown() ->
    case coin() of
        true -> {pick([16#98, 16#9e, 16#9f55, 16#9f8733, 16#0c, 16#df8122,
                       16#5d]), octets(below(20))};
        false -> {pick([16#b8, 16#be, 16#bf55, 16#bf8733, 16#e5, 16#7d]),
                  [element(2) || _ <- lists:seq(1, below(3))]}
    end.

pieces(<<>>, _) -> <<>>;
pieces(B, Style) ->
    N = rand:uniform(byte_size(B)),
    <<Piece:N/binary, Rest/binary>> = B,
    iolist_to_binary([4, primitive_len(N, Style), Piece, pieces(Rest, Style)]).

constructed(Tag, Body, Style) ->
    Indefinite = case Style of
        indefinite -> true;
        any -> coin();
        _ -> false
    end,
    case Indefinite of
        true -> [identifier(Tag), 16#80, Body, 0, 0];
        false -> [identifier(Tag), primitive_len(byte_size(Body), Style), Body]
    end.

primitive_len(Len, long) -> long(Len);
primitive_len(Len, any) ->
    case coin() of true -> long(Len); false -> shortest(Len) end;
primitive_len(Len, _) -> shortest(Len).

identifier(Tag) -> binary:encode_unsigned(Tag).
shortest(Len) when Len < 128 -> Len;
shortest(Len) -> length_octets(binary:encode_unsigned(Len)).
long(Len) ->
    B = binary:encode_unsigned(Len),
    Zeros = below(5 - byte_size(B)),
    length_octets(<<0:Zeros/unit:8, B/binary>>).
length_octets(B) -> [128 + byte_size(B), B].
