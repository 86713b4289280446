"""The SQL macros that functions of mappings call."""

from __future__ import annotations

# What Python, and near enough everyone, takes for white space.
_SPACES = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_ISO_DATE = "^-?[0-9]{4,6}-[0-9]{2}-[0-9]{2}"
_ISO_TIME = "T[0-9]{2}:[0-9]{2}:[0-9]{2}"


def macros() -> str:
    """Return the SQL that defines the macros on a DuckDB connection, each after those that it needs; those of kg.rdf.terms come before all.

    All take and give VARCHAR or VARCHAR[], but for those named after another type: kg_fn_truth gives a BOOLEAN, kg_fn_int an INTEGER, kg_fn_whole a
    DECIMAL(38,0) of a plain decimal's digits before the point. Bad input gives NULL, never an error. A list of one element that is transformed stands
    for a variable: what is used several times is there once, or nested calls would grow without bound. No variable's name is used by two macros,
    since one macro's variable may be the other one's argument.
    """
    return rf"""
    CREATE OR REPLACE MACRO kg_fn_trim(x) AS trim(x, '{_SPACES}');
    CREATE OR REPLACE MACRO kg_fn_truth(x) AS CASE lower(kg_fn_trim(x)) WHEN 'true' THEN TRUE WHEN '1' THEN TRUE WHEN 'false' THEN FALSE WHEN '0' THEN FALSE END;
    CREATE OR REPLACE MACRO kg_fn_text(x) AS CAST(x AS VARCHAR);
    CREATE OR REPLACE MACRO kg_fn_int(x) AS TRY_CAST(regexp_extract(kg_fn_trim(x), '^[+-]?[0-9]{{1,9}}$') AS INTEGER);

    CREATE OR REPLACE MACRO kg_fn_decimal(x) AS list_transform([kg_fn_trim(x)], lambda decimal_t: CASE
      WHEN NOT regexp_matches(decimal_t, '{_NUMBER}') THEN NULL
      WHEN regexp_matches(decimal_t, '[eE]') THEN kg_decimal(TRY_CAST(decimal_t AS DOUBLE))
      ELSE ltrim(decimal_t, '+') END)[1];
    CREATE OR REPLACE MACRO kg_fn_real(x) AS TRY_CAST(kg_fn_decimal(x) AS DOUBLE);
    -- So that adding 1 cannot overflow, no more than 37 digits.
    CREATE OR REPLACE MACRO kg_fn_whole(d) AS CASE WHEN length(regexp_extract(d, '^-?0*([0-9]*)', 1)) <= 37
      THEN coalesce(TRY_CAST(regexp_extract(d, '^-?[0-9]+') AS DECIMAL(38,0)), CAST(0 AS DECIMAL(38,0))) END;
    CREATE OR REPLACE MACRO kg_fn_floor(x) AS list_transform([kg_fn_decimal(x)], lambda floor_d: CAST(kg_fn_whole(floor_d)
      - CASE WHEN floor_d LIKE '-%' AND regexp_matches(floor_d, '\.[0-9]*[1-9]') THEN 1 ELSE 0 END AS VARCHAR))[1];
    CREATE OR REPLACE MACRO kg_fn_ceil(x) AS list_transform([kg_fn_decimal(x)], lambda ceil_d: CAST(kg_fn_whole(ceil_d)
      + CASE WHEN ceil_d NOT LIKE '-%' AND regexp_matches(ceil_d, '\.[0-9]*[1-9]') THEN 1 ELSE 0 END AS VARCHAR))[1];
    CREATE OR REPLACE MACRO kg_fn_round(x) AS list_transform([kg_fn_decimal(x)], lambda round_d: CAST(kg_fn_whole(round_d)
      + CASE WHEN round_d LIKE '-%' AND regexp_matches(round_d, '\.(5[0-9]*[1-9]|[6-9])') THEN -1
      WHEN round_d NOT LIKE '-%' AND regexp_matches(round_d, '\.[5-9]') THEN 1 ELSE 0 END AS VARCHAR))[1];
    CREATE OR REPLACE MACRO kg_fn_abs(x) AS ltrim(kg_fn_decimal(x), '-');
    -- Doubles tell apart what is far apart, decimals what is near.
    CREATE OR REPLACE MACRO kg_fn_below_of(p, q) AS TRY_CAST(p AS DOUBLE) < TRY_CAST(q AS DOUBLE) OR (TRY_CAST(p AS DOUBLE) = TRY_CAST(q AS DOUBLE)
      AND coalesce(TRY_CAST(p AS DECIMAL(38,10)) < TRY_CAST(q AS DECIMAL(38,10)), kg_fn_whole(p) < kg_fn_whole(q), FALSE));
    CREATE OR REPLACE MACRO kg_fn_below(a, b) AS list_transform([kg_fn_decimal(a)], lambda below_p:
      list_transform([kg_fn_decimal(b)], lambda below_q: kg_fn_below_of(below_p, below_q))[1])[1];
    CREATE OR REPLACE MACRO kg_fn_less(a, b) AS kg_fn_text(kg_fn_below(a, b));
    CREATE OR REPLACE MACRO kg_fn_greater(a, b) AS kg_fn_text(kg_fn_below(b, a));
    CREATE OR REPLACE MACRO kg_fn_min(a, b) AS CASE WHEN kg_fn_below(b, a) THEN kg_fn_decimal(b) WHEN kg_fn_decimal(b) IS NOT NULL THEN kg_fn_decimal(a) END;
    CREATE OR REPLACE MACRO kg_fn_max(a, b) AS CASE WHEN kg_fn_below(a, b) THEN kg_fn_decimal(b) WHEN kg_fn_decimal(b) IS NOT NULL THEN kg_fn_decimal(a) END;
    CREATE OR REPLACE MACRO kg_fn_range(x, a, b) AS kg_fn_text(coalesce(NOT kg_fn_below(x, a), TRUE) AND coalesce(kg_fn_below(x, b), TRUE) AND kg_fn_decimal(x) IS NOT NULL);
    CREATE OR REPLACE MACRO kg_fn_integral(x) AS list_transform([kg_fn_decimal(x)], lambda integral_d: CASE WHEN NOT regexp_matches(integral_d, '\.[0-9]*[1-9]') THEN kg_fn_whole(integral_d) END)[1];
    -- The remainder takes the sign of the divisor.
    CREATE OR REPLACE MACRO kg_fn_mod(a, b) AS list_transform([nullif(kg_fn_integral(b), 0)], lambda mod_b: list_transform([kg_fn_integral(a) % mod_b],
      lambda mod_m: CAST(CASE WHEN mod_m <> 0 AND (mod_m < 0) <> (mod_b < 0) THEN mod_m + mod_b ELSE mod_m END AS VARCHAR))[1])[1];
    CREATE OR REPLACE MACRO kg_fn_bare(t) AS regexp_replace(regexp_replace(t, '(\.[0-9]*[1-9])0+$', '\1', 'g'), '\.0*$', '', 'g');
    CREATE OR REPLACE MACRO kg_fn_sum(l) AS list_transform([list_transform(l, lambda sum_n: TRY_CAST(kg_fn_decimal(sum_n) AS DECIMAL(28,9)))], lambda sum_l:
      CASE WHEN len(list_filter(sum_l, lambda sum_d: sum_d IS NULL)) = 0 THEN kg_fn_bare(CAST(list_sum(sum_l) AS VARCHAR)) END)[1];

    CREATE OR REPLACE MACRO kg_fn_title(x) AS array_to_string(list_transform(regexp_extract_all(x, '\s+|\S+'), lambda title_w: upper(substring(title_w, 1, 1)) || lower(substring(title_w, 2))), '');
    CREATE OR REPLACE MACRO kg_fn_length(x) AS CAST(length(x) AS VARCHAR);
    -- An index below 0 counts from the end.
    CREATE OR REPLACE MACRO kg_fn_index(i, n) AS CASE WHEN i < 0 THEN n + i ELSE i END;
    CREATE OR REPLACE MACRO kg_fn_piece(x, a, b) AS CASE WHEN a >= 0 AND a <= length(x) AND b >= a THEN substring(x, a + 1, b - a) END;
    CREATE OR REPLACE MACRO kg_fn_tail(x, a) AS kg_fn_piece(x, kg_fn_index(kg_fn_int(a), length(x)), length(x));
    CREATE OR REPLACE MACRO kg_fn_substring(x, a, b) AS kg_fn_piece(x, kg_fn_index(kg_fn_int(a), length(x)), least(CASE WHEN kg_fn_int(b) IS NOT NULL THEN length(x) END, kg_fn_index(kg_fn_int(b), length(x))));
    CREATE OR REPLACE MACRO kg_fn_contains(x, s) AS kg_fn_text(contains(x, s));
    CREATE OR REPLACE MACRO kg_fn_starts(x, s) AS kg_fn_text(starts_with(x, s));
    CREATE OR REPLACE MACRO kg_fn_ends(x, s) AS kg_fn_text(ends_with(x, s));
    CREATE OR REPLACE MACRO kg_fn_first_at(x, s) AS strpos(x, s) - 1;
    CREATE OR REPLACE MACRO kg_fn_last_at(x, s) AS CASE WHEN x IS NULL OR s IS NULL THEN NULL ELSE
      coalesce(list_max(list_filter(range(0, length(x) - length(s) + 1), lambda last_p: substring(x, CAST(last_p AS INTEGER) + 1, length(s)) = s)), -1) END;
    CREATE OR REPLACE MACRO kg_fn_index_of(x, s) AS CAST(kg_fn_first_at(x, s) AS VARCHAR);
    CREATE OR REPLACE MACRO kg_fn_last_index_of(x, s) AS CAST(kg_fn_last_at(x, s) AS VARCHAR);
    CREATE OR REPLACE MACRO kg_fn_chomp(x, s) AS CASE WHEN s <> '' AND ends_with(x, s) THEN substring(x, 1, length(x) - length(s)) WHEN s IS NOT NULL THEN x END;
    CREATE OR REPLACE MACRO kg_fn_difference(a, b) AS substring(b, CAST(coalesce(list_min(list_filter(range(0, length(b)), lambda diff_p:
      substring(a, CAST(diff_p AS INTEGER) + 1, 1) <> substring(b, CAST(diff_p AS INTEGER) + 1, 1))), length(b)) AS INTEGER) + CASE WHEN a IS NOT NULL THEN 1 END);
    CREATE OR REPLACE MACRO kg_fn_parts(x, f, n, omitted) AS CASE WHEN n < 0 THEN [x, '', ''] WHEN n IS NULL THEN NULL
      WHEN coalesce(omitted, FALSE) THEN [substring(x, 1, CAST(n AS INTEGER)), substring(x, CAST(n AS INTEGER) + length(f) + 1)]
      ELSE [substring(x, 1, CAST(n AS INTEGER)), f, substring(x, CAST(n AS INTEGER) + length(f) + 1)] END;
    CREATE OR REPLACE MACRO kg_fn_partition(x, f, omitted) AS kg_fn_parts(x, f, kg_fn_first_at(x, f), kg_fn_truth(omitted));
    CREATE OR REPLACE MACRO kg_fn_rpartition(x, f, omitted) AS kg_fn_parts(x, f, kg_fn_last_at(x, f), kg_fn_truth(omitted));
    CREATE OR REPLACE MACRO kg_fn_replace_chars(x, f, r) AS CASE WHEN length(f) = length(r) THEN translate(x, f, r) END;
    CREATE OR REPLACE MACRO kg_fn_split(x, s) AS CASE WHEN s = '' THEN [x] WHEN s IS NOT NULL THEN string_split(x, s) END;
    CREATE OR REPLACE MACRO kg_fn_tokens(l) AS list_filter(l, lambda token: token <> '');
    CREATE OR REPLACE MACRO kg_fn_pad(x, n, p) AS CASE WHEN length(x) >= n THEN CASE WHEN p IS NOT NULL THEN x END WHEN n <= 10000 AND p <> '' THEN lpad(x, n, p) END;
    CREATE OR REPLACE MACRO kg_fn_pad_left(x, n, p) AS kg_fn_pad(x, kg_fn_int(n), p);
    CREATE OR REPLACE MACRO kg_fn_percent(x) AS url_encode(x);
    CREATE OR REPLACE MACRO kg_fn_hash(x, a) AS CASE lower(a) WHEN 'sha256' THEN sha256(x) WHEN 'sha1' THEN sha1(x) WHEN 'md5' THEN md5(x) END;
    CREATE OR REPLACE MACRO kg_fn_slug(x) AS nullif(trim(regexp_replace(lower(x), '[^\pL\pM\pN_]+', '-', 'g'), '-'), '');
    CREATE OR REPLACE MACRO kg_fn_slugify(x) AS trim(regexp_replace(lower(strip_accents(x)), '[^a-z0-9]+', '-', 'g'), '-');
    CREATE OR REPLACE MACRO kg_fn_same(x) AS x;
    CREATE OR REPLACE MACRO kg_fn_spaces(x) AS kg_fn_trim(regexp_replace(x, '[{_SPACES}]+', ' ', 'g'));
    CREATE OR REPLACE MACRO kg_fn_url(x) AS CASE WHEN contains(x, '://') THEN upper(x) ELSE 'http://' || upper(x) END;
    CREATE OR REPLACE MACRO kg_fn_escape_xml(x) AS replace(replace(replace(replace(replace(x, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&apos;');
    CREATE OR REPLACE MACRO kg_fn_escape_html(x) AS replace(replace(replace(replace(x, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;');
    CREATE OR REPLACE MACRO kg_fn_escape_csv(x) AS CASE WHEN regexp_matches(x, '[",\n\r]') THEN '"' || replace(x, '"', '""') || '"' ELSE x END;
    CREATE OR REPLACE MACRO kg_fn_escape_javascript(x) AS replace(replace(substring(kg_plain(x), 2, length(kg_plain(x)) - 2), '''', '\'''), '/', '\/');
    CREATE OR REPLACE MACRO kg_fn_escape_url(x) AS replace(replace(replace(replace(replace(url_encode(x), '%21', '!'), '%2A', '*'), '%27', ''''), '%28', '('), '%29', ')');
    CREATE OR REPLACE MACRO kg_fn_escape(x, m) AS CASE lower(m) WHEN 'html' THEN kg_fn_escape_html(x) WHEN 'xml' THEN kg_fn_escape_xml(x) WHEN 'csv' THEN kg_fn_escape_csv(x)
      WHEN 'url' THEN kg_fn_escape_url(x) WHEN 'javascript' THEN kg_fn_escape_javascript(x) END;

    CREATE OR REPLACE MACRO kg_fn_equal(a, b) AS kg_fn_text(a = b);
    CREATE OR REPLACE MACRO kg_fn_differ(a, b) AS kg_fn_text(a <> b);
    CREATE OR REPLACE MACRO kg_fn_missing(x) AS kg_fn_text(x IS NULL);
    CREATE OR REPLACE MACRO kg_fn_not(x) AS kg_fn_text(NOT kg_fn_truth(x));
    CREATE OR REPLACE MACRO kg_fn_count(l, t) AS len(list_filter(l, lambda count_b: kg_fn_truth(count_b) = t));
    CREATE OR REPLACE MACRO kg_fn_all(l) AS CASE WHEN kg_fn_count(l, FALSE) > 0 THEN 'false' WHEN kg_fn_count(l, TRUE) = len(l) THEN 'true' END;
    CREATE OR REPLACE MACRO kg_fn_any(l) AS CASE WHEN kg_fn_count(l, TRUE) > 0 THEN 'true' WHEN kg_fn_count(l, FALSE) = len(l) THEN 'false' END;
    CREATE OR REPLACE MACRO kg_fn_one(l) AS CASE WHEN kg_fn_count(l, TRUE) + kg_fn_count(l, FALSE) = len(l) THEN kg_fn_text(kg_fn_count(l, TRUE) = 1) END;
    CREATE OR REPLACE MACRO kg_fn_if(c, a, b) AS CASE WHEN kg_fn_truth(c) THEN a ELSE b END;
    CREATE OR REPLACE MACRO kg_fn_when(c, a) AS CASE WHEN kg_fn_truth(c) THEN a END;
    CREATE OR REPLACE MACRO kg_fn_decide(x, e, r) AS CASE WHEN x = e THEN r END;
    CREATE OR REPLACE MACRO kg_fn_coalesce(l) AS list_filter(l, lambda coalesce_v: coalesce_v IS NOT NULL)[1];
    CREATE OR REPLACE MACRO kg_fn_join(l, s) AS array_to_string(l, s);
    -- A separator that is another one in each row.
    CREATE OR REPLACE MACRO kg_fn_join_by(l, s) AS list_transform([list_filter(l, lambda join_v: join_v IS NOT NULL)], lambda join_l:
      CASE WHEN len(join_l) > 0 AND s IS NOT NULL THEN list_reduce(join_l, lambda join_a, join_b: join_a || s || join_b) WHEN s IS NOT NULL AND join_l IS NOT NULL THEN '' END)[1];
    CREATE OR REPLACE MACRO kg_fn_complete(l) AS CASE WHEN len(list_filter(l, lambda complete_v: complete_v IS NULL)) = 0 THEN l END;
    CREATE OR REPLACE MACRO kg_fn_size(l) AS CAST(len(l) AS VARCHAR);
    CREATE OR REPLACE MACRO kg_fn_part(l, a, b) AS CASE WHEN a >= 0 AND a <= len(l) AND b >= a THEN list_slice(l, a + 1, b) END;
    CREATE OR REPLACE MACRO kg_fn_slice_from(l, a) AS kg_fn_part(l, kg_fn_index(kg_fn_int(a), len(l)), len(l));
    CREATE OR REPLACE MACRO kg_fn_slice(l, a, b) AS kg_fn_part(l, kg_fn_index(kg_fn_int(a), len(l)), CASE WHEN kg_fn_int(b) IS NOT NULL THEN least(len(l), kg_fn_index(kg_fn_int(b), len(l))) END);
    CREATE OR REPLACE MACRO kg_fn_item(l, a) AS kg_fn_part(l, kg_fn_index(kg_fn_int(a), len(l)), least(len(l), kg_fn_index(kg_fn_int(a), len(l)) + 1));
    CREATE OR REPLACE MACRO kg_fn_reverse(l) AS list_reverse(l);
    CREATE OR REPLACE MACRO kg_fn_sort(l) AS list_sort(l);
    CREATE OR REPLACE MACRO kg_fn_uniques(l) AS list_filter(l, lambda unique_v, unique_i: unique_v IS NOT NULL AND list_position(l, unique_v) = unique_i);
    CREATE OR REPLACE MACRO kg_fn_has(l, x) AS kg_fn_text(list_contains(l, x));

    CREATE OR REPLACE MACRO kg_fn_date_of(t) AS CASE WHEN TRY_CAST(t AS DATE) IS NOT NULL THEN t END;
    CREATE OR REPLACE MACRO kg_fn_time_of(t, ok) AS CASE WHEN ok AND TRY_CAST(substring(t, 1, 10) AS DATE) IS NOT NULL THEN t END;
    CREATE OR REPLACE MACRO kg_fn_moment(x) AS CASE WHEN regexp_matches(x, '{_ISO_DATE}({_ISO_TIME}(\.[0-9]+)?)?$') THEN TRY_CAST(replace(x, 'T', ' ') AS TIMESTAMP) END;
    CREATE OR REPLACE MACRO kg_fn_inc(x, n) AS CASE WHEN contains(x, 'T') THEN strftime(n, '%Y-%m-%dT%H:%M:%S') || regexp_extract(x, '\.[0-9]+$') ELSE strftime(n, '%Y-%m-%d') END;
    """
