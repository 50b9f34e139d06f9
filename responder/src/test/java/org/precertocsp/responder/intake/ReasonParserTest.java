package org.precertocsp.responder.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.ocsp.RevocationReason;

final class ReasonParserTest {
    @ParameterizedTest
    @CsvSource({
        "Key Compromise, KEY_COMPROMISE",
        "key_compromise, KEY_COMPROMISE",
        "KEYCOMPROMISE, KEY_COMPROMISE",
        "REV_KEYCOMPROMISE, KEY_COMPROMISE",
        "key-compromise, KEY_COMPROMISE",
        "01, KEY_COMPROMISE",
        "1.0, KEY_COMPROMISE",
        "0x1, KEY_COMPROMISE",
        "(1) keyCompromise, KEY_COMPROMISE",
        "keyCompromise (1), KEY_COMPROMISE",
        "1 (0x1), KEY_COMPROMISE",
        "keyTime, KEY_COMPROMISE",
        "CACompromise, CA_COMPROMISE",
        "cA_compromise, CA_COMPROMISE",
        "affiliationChange, AFFILIATION_CHANGED",
        "cessation_of_operation, CESSATION_OF_OPERATION",
        "holdInstruction, CERTIFICATE_HOLD",
        "PrivilegesWithdrawn, PRIVILEGE_WITHDRAWN",
        "10, AA_COMPROMISE",
        "null, UNSPECIFIED",
        "-1, UNSPECIFIED",
        "EMPTY, UNSPECIFIED",
        "'', UNSPECIFIED",
    })
    void reasons_are_read_as_tools_write_them(String text, RevocationReason reason) {
        assertThat(ReasonParser.read(text)).contains(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "11",
                "1.5",
                "-2",
                "99999999999",
                "because",
                "keyCompromized",
                "(1) superseded",
                "keyCompromise,extra",
                "((1))",
                ")1(",
                "\uff11"
            })
    void what_is_no_reason_is_not_understood(String text) {
        assertThat(ReasonParser.read(text)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void every_reason_is_read_in_its_names_and_its_number(RevocationReason reason) {
        assertThat(ReasonParser.read(reason.toString())).contains(reason);
        assertThat(ReasonParser.read(reason.name())).contains(reason);
        assertThat(ReasonParser.read(reason.name().toLowerCase(Locale.ROOT))).contains(reason);
        assertThat(ReasonParser.read(" " + reason.code() + " ")).contains(reason);
    }

    @Test
    void a_list_of_many_different_texts_is_read_as_one_of_few() {
        ReasonParser reasons = new ReasonParser();
        for (int i = 0; i < 1_000; i++) {
            assertThat(reasons.parse("no reason " + i)).isEmpty();
        }
        assertThat(reasons.parse("superseded")).contains(RevocationReason.SUPERSEDED);
    }

    @Property(tries = 300)
    void any_text_is_a_reason_or_none(@ForAll @StringLength(max = 80) String text) {
        assertThat(ReasonParser.read(text)).isNotNull();
    }
}
