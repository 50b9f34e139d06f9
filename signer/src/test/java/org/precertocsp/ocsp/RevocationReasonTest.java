package org.precertocsp.ocsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RevocationReasonTest {
    @ParameterizedTest
    @EnumSource
    void a_reason_is_found_by_code_number_and_name(RevocationReason reason) {
        assertThat(RevocationReason.ofCode(reason.code())).contains(reason);
        assertThat(RevocationReason.ofText(Integer.toString(reason.code()))).contains(reason);
        assertThat(RevocationReason.ofText(reason.toString())).contains(reason);
        assertThat(RevocationReason.ofText(" " + reason.toString().toUpperCase(Locale.ROOT)))
                .contains(reason);
    }

    @Test
    void seven_and_what_lies_outside_are_no_reasons() {
        for (int code : new int[] {-1, 7, 11, 255}) {
            assertThat(RevocationReason.ofCode(code)).as("%d", code).isEmpty();
        }
        assertThat(RevocationReason.ofText("7")).isEmpty();
        assertThat(RevocationReason.ofText("")).isEmpty();
        assertThat(RevocationReason.ofText("bored")).isEmpty();
    }
}
