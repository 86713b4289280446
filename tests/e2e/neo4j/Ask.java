import java.nio.file.Path;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.graphdb.Result;

/** Answers queries on the database `neo4j` of a Neo4j home, a JSON-like line a row: `java Ask.java HOME QUERY...`. */
class Ask {
    public static void main(String[] arguments) {
        var service = new DatabaseManagementServiceBuilder(Path.of(arguments[0])).build();
        try (var transaction = service.database("neo4j").beginTx()) {
            for (int place = 1; place < arguments.length; place++) {
                try (Result rows = transaction.execute(arguments[place])) {
                    while (rows.hasNext()) System.out.println("row " + rows.next().get("answer"));
                }
            }
        } finally {
            service.shutdown();
        }
    }
}
