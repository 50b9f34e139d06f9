package org.precertocsp.responder.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;

/// The initial configuration, which Logback requests when the first logger is created, before this
/// program's configuration is read.
///
/// In Java and not in XML, for which Logback's parser takes 0.2 s of processor time at a start. A
/// Logback file of the operator or of a test takes precedence.
public final class DefaultLogbackConfigurator extends ContextAwareBase implements Configurator {
    private static final String FILE_OF_TESTS = "logback-test.xml";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        ClassLoader classes = DefaultLogbackConfigurator.class.getClassLoader();
        if (LoggingSetup.isLeftToOperator() || classes.getResource(FILE_OF_TESTS) != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        LoggingSetup.apply(LoggingConfig.USUAL, context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
