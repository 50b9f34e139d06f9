package org.precertocsp;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/// Methods longer than a screen are two methods. Counted from the first line that does something to
/// the last that calls or touches anything, which is what class files tell.
public final class MethodLength extends ArchCondition<JavaMethod> {
    private static final int MAX_LINES = 70;

    public MethodLength() {
        super("have at most " + MAX_LINES + " lines");
    }

    @Override
    public void check(JavaMethod method, ConditionEvents events) {
        int first = method.getSourceCodeLocation().getLineNumber();
        int last =
                method.getAccessesFromSelf().stream()
                        .mapToInt(JavaAccess::getLineNumber)
                        .max()
                        .orElse(first);
        int lines = last - first + 1;
        events.add(
                new SimpleConditionEvent(
                        method,
                        lines <= MAX_LINES,
                        method.getFullName() + " has " + lines + " lines"));
    }
}
