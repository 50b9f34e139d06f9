package org.precertocsp.responder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.RequiredTools;

final class DataOwnershipCheckTest {
    private static final int NOBODY = 65534;

    @TempDir Path folder;

    @Test
    void root_may_write_among_its_own_files() {
        assertThat(DataOwnershipCheck.objection(List.of(folder, folder.resolve("not/there/yet"))))
                .isEmpty();
    }

    @Test
    void root_is_refused_in_another_users_folder_with_the_command_to_run() throws Exception {
        RequiredTools.root();
        Path store = Files.createDirectory(folder.resolve("store"));
        Files.setAttribute(store, "unix:uid", NOBODY);

        assertThat(DataOwnershipCheck.objection(List.of(folder, store)))
                .hasValueSatisfying(
                        why -> assertThat(why).contains(store.toString(), "setpriv --reuid="));
    }

    /// The first load before the first start would leave a store the service cannot open.
    @Test
    void root_is_refused_where_it_would_make_a_folder_in_another_users() throws Exception {
        RequiredTools.root();
        Path home = Files.createDirectory(folder.resolve("home"));
        Files.setAttribute(home, "unix:uid", NOBODY);

        assertThat(DataOwnershipCheck.objection(List.of(home.resolve("store/deep")))).isPresent();
    }
}
