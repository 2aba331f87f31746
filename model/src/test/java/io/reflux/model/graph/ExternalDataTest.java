package io.reflux.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.reflux.model.graph.ModelException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values in files beside the model's: read, and only from where a model may point. */
final class ExternalDataTest {

    private static final long GAP = 64;

    @TempDir
    private Path outer;

    private Path folder;

    private final ModelGraph inside = ModelGraph.builder("g")
            .input("x", ElementType.FLOAT, -1, 2)
            .initializer(GraphTensor.of("w", new long[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6}))
            .initializer(GraphTensor.of("b", new long[] {3}, new float[] {7, 8, 9}))
            .node("MatMul", "product", List.of("x", "w"), List.of("h"))
            .node("Add", "sum", List.of("h", "b"), List.of("y"))
            .output("y", ElementType.FLOAT, -1, 3)
            .build();

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(outer.resolve("model"));
        Files.write(outer.resolve("secret"), new byte[24]);
    }

    /** Writes the values of w, after a gap, into a file; its initialiser points to them. */
    private Path write(String location, String... entries) throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(inside.toByteArray()).toBuilder();
        TensorProto.Builder w = model.getGraphBuilder().getInitializerBuilder(0);
        byte[] values = w.getRawData().toByteArray();
        byte[] file = new byte[(int) GAP + values.length];
        System.arraycopy(values, 0, file, (int) GAP, values.length);
        Files.write(folder.resolve("g.onnx.data"), file);
        w.clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location));
        for (int i = 0; i < entries.length; i += 2) {
            w.addExternalData(entry(entries[i], entries[i + 1]));
        }
        return Files.write(folder.resolve("g.onnx"), model.build().toByteArray());
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    @Test
    void read_valuesBesideTheModel_areInside() throws IOException {
        ModelGraph read = ModelGraph.read(write("g.onnx.data", "offset", "64", "length", "24"));

        assertThat(read.initializers()).isEqualTo(inside.initializers());
        assertThat(ModelGraph.parse(read.toByteArray(), "copy").initializers()).isEqualTo(inside.initializers());
        assertThat(read.byteSize()).isEqualTo(read.toByteArray().length);
        Path copy = outer.resolve("copy.onnx");
        read.write(copy);
        assertThat(ModelGraph.read(copy).digest()).isEqualTo(read.digest());
    }

    @Test
    void read_valuesInAFolderBelow_withoutLength_areRead() throws IOException {
        Path file = write("./values/w", "offset", "64");
        Files.createDirectory(folder.resolve("values"));
        Files.move(folder.resolve("g.onnx.data"), folder.resolve("values/w"));

        assertThat(ModelGraph.read(file).initializers()).isEqualTo(inside.initializers());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "../secret, MALFORMED, location '../secret' (expected: a file in the model's folder)",
                "values/../../secret, MALFORMED, location 'values/../../secret' (expected: a file in the model's folder)",
                "/etc/hostname, MALFORMED, location '/etc/hostname' (expected: a file in the model's folder)",
                "., MALFORMED, location '.' (expected: a file in the model's folder)",
                "\"\", MALFORMED, location '' (expected: a file in the model's folder)",
                "absent, UNREADABLE, \"values in 'absent', which is not there (expected: beside the model file)\"",
                "link, MALFORMED, \"location 'link' (expected: a regular file, no link)\"",
                "below/secret, MALFORMED, \"location 'below/secret' (expected: a regular file, no link)\"",
                "empty, MALFORMED, \"location 'empty' (expected: a regular file, no link)\"",
            })
    void read_locationThatIsNoFileOfTheFolder_isRefused(String location, Code code, String message) throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), outer.resolve("secret"));
        Files.createSymbolicLink(folder.resolve("below"), outer);
        Files.createDirectory(folder.resolve("empty"));
        Path file = write(location);

        assertRefused(file, code, message);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "offset, 65, 24 bytes from 65 of 'g.onnx.data' (expected: within its 88 bytes)",
                "offset, 9223372036854775807, 24 bytes from 9223372036854775807 of 'g.onnx.data' (expected: within its 88 bytes)",
                "offset, -1, offset -1 (expected: >= 0)",
                "offset, much, offset 'much' (expected: a number of bytes)",
                "length, 23, \"length 23 (expected: 24 bytes, as type and shape say)\"",
                "length, 99999999999, \"length 99999999999 (expected: 24 bytes, as type and shape say)\"",
            })
    void read_placeThatIsNotThere_isRefused(String key, String value, String message) throws IOException {
        assertRefused(write("g.onnx.data", key, value), Code.MALFORMED, message);
    }

    private static void assertRefused(Path file, Code code, String message) {
        assertThatThrownBy(() -> ModelGraph.read(file))
                .isInstanceOf(ModelException.class)
                .hasMessage(file + ": initialiser w: " + message)
                .extracting(e -> ((ModelException) e).code())
                .isEqualTo(code);
    }
}
