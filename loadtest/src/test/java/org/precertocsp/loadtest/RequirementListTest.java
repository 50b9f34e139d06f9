package org.precertocsp.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;

/// Keeps the list of requirements and the tests that prove them: here, in the last module, all test
/// classes have been compiled.
final class RequirementListTest {
    private static final Path LIST = Path.of("../responder/REQUIREMENTS.md");
    private static final List<Path> TEST_CLASSES =
            List.of(
                    Path.of("../signer/target/test-classes"),
                    Path.of("../responder/target/test-classes"),
                    Path.of("target/test-classes"));

    private record Rule(String id, String level, String source, String text) {}

    private final TreeMap<String, TreeSet<String>> proofs = new TreeMap<>();

    @Test
    void list_of_requirements_is_up_to_date() throws IOException {
        for (JavaClass testClass : new ClassFileImporter().importPaths(TEST_CLASSES)) {
            collect(testClass);
        }
        List<Rule> rules = rules();
        assertThat(rules).extracting(Rule::id).containsAll(proofs.keySet());
        Map<String, String> unproven = unproven();
        Set<String> explained = new TreeSet<>(proofs.keySet());
        explained.addAll(unproven.keySet());
        assertThat(rules)
                .as("each rule has a test, or a line in unproven.tsv")
                .extracting(Rule::id)
                .allSatisfy(id -> assertThat(explained).contains(id));
        assertThat(unproven.keySet())
                .as("a rule with a test needs no line in unproven.tsv")
                .doesNotContainAnyElementsOf(proofs.keySet());

        String list = render(rules, unproven);
        String committed = Files.exists(LIST) ? Files.readString(LIST) : "";
        Files.writeString(LIST, list);

        assertThat(committed)
                .as("%s was out of date and has been rewritten: commit it", LIST)
                .isEqualTo(list);
    }

    private void collect(JavaClass testClass) {
        requirement(testClass.tryGetAnnotationOfType(Requirement.class.getName()))
                .forEach(id -> add(id, testClass.getSimpleName()));
        for (JavaMethod method : testClass.getMethods()) {
            requirement(method.tryGetAnnotationOfType(Requirement.class.getName()))
                    .forEach(id -> add(id, testClass.getSimpleName() + "." + method.getName()));
        }
    }

    private static List<String> requirement(Optional<? extends JavaAnnotation<?>> annotation) {
        return annotation
                .flatMap(found -> found.get("value"))
                .map(value -> List.of((String[]) value))
                .orElse(List.of());
    }

    private void add(String id, String test) {
        proofs.computeIfAbsent(id, _ -> new TreeSet<>()).add(test);
    }

    private String render(List<Rule> rules, Map<String, String> unproven) {
        String reasons =
                rules.stream()
                        .filter(rule -> unproven.containsKey(rule.id()))
                        .map(
                                rule ->
                                        "| %s | %s | %s | %s |\n"
                                                .formatted(
                                                        rule.id(),
                                                        rule.text(),
                                                        rule.level(),
                                                        unproven.get(rule.id())))
                        .collect(Collectors.joining());
        String rows =
                rules.stream()
                        .filter(rule -> proofs.containsKey(rule.id()))
                        .map(this::row)
                        .collect(Collectors.joining());
        return """
        # Requirements and the tests that prove them

        Written by the build (`RequirementListTest` in `loadtest`) from the `@Requirement` annotations on \
        tests. Sources: BR, CSBR and SBR are the CA/Browser Forum's TLS, code-signing and S/MIME Baseline \
        Requirements; MRSP and MSTRP Mozilla's and Microsoft's root programmes; bare numbers are RFCs; D marks \
        a deduction.

        | ID | Rule | Level | Source | Tests |
        |---|---|---|---|---|
        """
                + rows
                + """

                ## Rules without a test here

                | ID | Rule | Level | Why |
                |---|---|---|---|
                """
                + reasons;
    }

    private static Map<String, String> unproven() throws IOException {
        return lines("unproven.tsv").stream()
                .map(line -> line.split("\t", -1))
                .collect(Collectors.toMap(cells -> cells[0], cells -> cells[1]));
    }

    private String row(Rule rule) {
        TreeSet<String> tests = Objects.requireNonNull(proofs.get(rule.id()));
        String cell = tests.stream().map("`%s`"::formatted).collect(Collectors.joining("<br>"));
        return "| %s | %s | %s | %s | %s |\n"
                .formatted(rule.id(), rule.text(), rule.level(), rule.source(), cell);
    }

    private static List<Rule> rules() throws IOException {
        return lines("requirements.tsv").stream()
                .map(line -> line.split("\t", -1))
                .map(cells -> new Rule(cells[0], cells[1], cells[2], cells[3]))
                .toList();
    }

    /// Those behind the heading.
    private static List<String> lines(String resource) throws IOException {
        try (InputStream in = RequirementListTest.class.getResourceAsStream(resource)) {
            String text =
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().skip(1).toList();
        }
    }
}
