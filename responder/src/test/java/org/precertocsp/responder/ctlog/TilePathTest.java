package org.precertocsp.responder.ctlog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.Requirement;

/// Where tiles lie.
final class TilePathTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 256, tile/0/000",
        "data, 7, 255, tile/data/007.p/255",
        "1, 999, 1, tile/1/999.p/1",
        "0, 1000, 256, tile/0/x001/000",
        "data, 1234067, 256, tile/data/x001/x234/067",
        "2, 1000000000, 112, tile/2/x001/x000/x000/000.p/112"
    })
    @Requirement("CT-10")
    void a_tiles_number_is_cut_into_threes(String level, long index, int width, String path) {
        assertThat(TilePath.of(level, index, width)).isEqualTo(path);
    }
}
