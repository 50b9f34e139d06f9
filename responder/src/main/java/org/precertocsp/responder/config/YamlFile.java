package org.precertocsp.responder.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/// A file of YAML 1.2, read no further than its nodes: their marks give the lines.
final class YamlFile {
    /// Some thousand issuers fit.
    private static final int MAX_BYTES = 4_000_000;

    private YamlFile() {}

    /// @throws IOException if the file cannot be read
    /// @throws ConfigRefused if it is not one YAML document in UTF-8
    static Loaded read(Path file) throws IOException, ConfigRefused {
        if (Files.size(file) > MAX_BYTES) {
            throw refused(file, 0, 0, "is larger than " + Units.text(MAX_BYTES));
        }
        byte[] content = Files.readAllBytes(file);
        String text = text(file, content);
        try {
            return new Loaded(
                    compose(file, text),
                    new ServerConfig.Source(file, HashAlgorithm.SHA256.hash(Octets.of(content))));
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
            String what = e.getContext() == null ? "" : e.getContext() + ", ";
            throw refused(
                    file,
                    mark == null ? 0 : mark.getLine(),
                    mark == null ? 0 : mark.getColumn(),
                    "not YAML: " + what + e.getProblem() + advice(e.getProblem()));
        } catch (ReaderException e) {
            throw refused(file, text.codePoints().limit(e.getPosition()).toArray());
        } catch (YamlEngineException e) {
            throw refused(file, 0, 0, "not YAML: " + e.getMessage());
        }
    }

    /// A file's content, read once.
    ///
    /// @param source as the audit log records it
    record Loaded(Node root, ServerConfig.Source source) {}

    private static Node compose(Path file, String text) throws ConfigRefused {
        LoadSettings settings =
                LoadSettings.builder()
                        .setLabel(file.toString())
                        .setMaxAliasesForCollections(10_000)
                        .setCodePointLimit(MAX_BYTES)
                        .build();
        return new Compose(settings)
                .composeString(text)
                .orElseThrow(
                        () -> refused(file, 0, 0, "is empty; a start: precert-ocsp config sample"));
    }

    private static String text(Path file, byte[] content) throws ConfigRefused {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw refused(file, 0, 0, "is not UTF-8 text");
        }
    }

    /// Tabs are the error people make and cannot see.
    private static String advice(String problem) {
        return problem.contains("\\t") ? " (indent with spaces, not tabs)" : "";
    }

    private static ConfigRefused refused(Path file, int[] before) {
        int line = 0;
        int column = 0;
        for (int codePoint : before) {
            column = codePoint == '\n' ? 0 : column + 1;
            line += codePoint == '\n' ? 1 : 0;
        }
        return refused(file, line, column, "not YAML: contains a control character");
    }

    private static ConfigRefused refused(Path file, int line, int column, String message) {
        return new ConfigRefused(
                file, List.of(new ConfigProblem(line + 1, column + 1, "", message)));
    }
}
