package org.precertocsp.responder.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The examples of one section of the README.
record ReadmeBlocks(String section) {
    /// @param heading with its `#` signs; the section ends at the next heading of any level
    static ReadmeBlocks under(String heading) throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        int from = readme.indexOf("\n" + heading + "\n");
        if (from < 0) {
            throw new IllegalStateException("the README has no " + heading);
        }
        Matcher next = Pattern.compile("\n##+ ").matcher(readme);
        int to = next.find(from + 1) ? next.start() : readme.length();
        return new ReadmeBlocks(readme.substring(from, to));
    }

    /// All code blocks of that language, in order.
    List<String> blocks(String language) {
        List<String> blocks = new ArrayList<>();
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(section);
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }

    /// The commands of all shell blocks, one by one.
    List<String> commands() {
        return blocks("sh").stream()
                .flatMap(block -> block.replace("\\\n", " ").lines())
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }
}
