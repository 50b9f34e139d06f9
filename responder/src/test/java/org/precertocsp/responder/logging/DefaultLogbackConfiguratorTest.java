package org.precertocsp.responder.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

final class DefaultLogbackConfiguratorTest {
    @Test
    void logback_finds_it_by_itself() {
        assertThat(ServiceLoader.load(Configurator.class))
                .anyMatch(DefaultLogbackConfigurator.class::isInstance);
    }

    /// These tests have one.
    @Test
    void a_file_of_tests_goes_first() {
        LoggerContext context = new LoggerContext();

        assertThat(new DefaultLogbackConfigurator().configure(context))
                .isEqualTo(Configurator.ExecutionStatus.INVOKE_NEXT_IF_ANY);
        assertThat(context.getLoggerList()).hasSize(1);
    }
}
