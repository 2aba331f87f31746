package io.reflux.app;

import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.nio.file.Path;
import java.util.Map;

/** A perceptron with random weights for the glyphs, in a file that notes them. */
final class GlyphsModel {
    private GlyphsModel() {}

    static Path write(Path file, int hidden) {
        Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(hidden))
                .withMetadata(Map.of("reflux.data", "glyphs"))
                .write(file);
        return file;
    }
}
