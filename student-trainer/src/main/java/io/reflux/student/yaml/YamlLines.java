package io.reflux.student.yaml;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * On which line of a YAML text each key stands, and what scalar it has.
 *
 * <p>Jackson only knows where it stopped reading when a value turns out to be wrong, which for a missing or clashing key is
 * the end of its object; people need the line of the key.
 */
final class YamlLines {
    private final Map<String, Integer> lines = new HashMap<>();
    private final Map<String, String> scalars = new HashMap<>();
    private final Set<String> kinds;

    private YamlLines(Set<String> kinds) {
        this.kinds = kinds;
    }

    /**
     * Reads a text that is YAML.
     *
     * @param kinds keys that only say, as the only key of an entry of a list, which kind it is; they are no part of paths
     */
    static YamlLines of(YAMLFactory yaml, String text, Set<String> kinds) throws IOException {
        YamlLines result = new YamlLines(kinds);
        try (JsonParser parser = yaml.createParser(text)) {
            result.index(parser);
        }
        return result;
    }

    private void index(JsonParser parser) throws IOException {
        Deque<Level> open = new ArrayDeque<>();
        String path = "";
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            Level level = open.peek();
            if (level != null && level.array && !token.isStructEnd()) {
                path = level.path + "[" + level.next++ + "]";
                lines.put(path, parser.currentTokenLocation().getLineNr());
            }
            if (token == JsonToken.FIELD_NAME && level != null) {
                path = child(level.path, parser.currentName());
                lines.putIfAbsent(path, parser.currentTokenLocation().getLineNr());
            } else if (token.isStructStart()) {
                open.push(new Level(path, token == JsonToken.START_ARRAY));
            } else if (token.isStructEnd()) {
                open.pop();
            } else {
                scalars.put(path, parser.getText());
            }
        }
    }

    private String child(String parent, String key) {
        if (parent.endsWith("]") && kinds.contains(key)) {
            return parent;
        }
        return parent.isEmpty() ? key : parent + "." + key;
    }

    /** Returns the line of a key, or of the nearest one around it; 1 for the text itself. */
    int line(String path) {
        for (String at = path; !at.isEmpty(); at = parent(at)) {
            Integer line = lines.get(at);
            if (line != null) {
                return line;
            }
        }
        return 1;
    }

    /** Returns the scalar that a key has, or null when it has none. */
    @Nullable
    String scalar(String path) {
        return scalars.get(path);
    }

    /** Returns the keys of the object at a path, in alphabetical order. */
    List<String> children(String path) {
        return lines.keySet().stream()
                .filter(key -> parent(key).equals(path) && !key.endsWith("]"))
                .map(key -> key.substring(path.isEmpty() ? 0 : path.length() + 1))
                .sorted()
                .toList();
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }

    private static final class Level {
        private final String path;
        private final boolean array;
        private int next;

        private Level(String path, boolean array) {
            this.path = path;
            this.array = array;
        }
    }
}
