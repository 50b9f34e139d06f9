package org.precertocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

final class RequiredToolsTest {
    @ParameterizedTest
    @CsvSource({"chromium, chromium", "promtool, prometheus", "softhsm2-util, softhsm2"})
    void a_missing_program_is_told_with_the_package_that_has_it(String program, String debian) {
        assertThat(RequiredTools.missing(program, RequiredTools.setup()))
                .isEqualTo(
                        "%s is not installed: run .ci/setup, or apt-get install %s"
                                .formatted(program, debian));
    }

    @Test
    void what_is_missing_skips_the_test_and_fails_it_in_ci() {
        Class<?> expected =
                System.getenv("CI") == null
                        ? TestAbortedException.class
                        : AssertionFailedError.class;

        assertThatThrownBy(() -> RequiredTools.program("no-such-program"))
                .isInstanceOf(expected)
                .hasMessageContaining("no-such-program is not installed");
    }

    @Test
    void what_is_there_is_found_under_any_of_its_names() {
        assertThatCode(() -> RequiredTools.met(true, "never told")).doesNotThrowAnyException();
        assertThat(RequiredTools.program("no-such-program", "sh")).isExecutable();
    }
}
