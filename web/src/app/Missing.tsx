import { Link } from '@tanstack/react-router';
import { useTitle } from '../ui/title';

export function Missing() {
  useTitle('Not found');
  return (
    <main className="page narrow" id="main">
      <section className="card empty">
        <h1>There is no such page</h1>
        <p>The address may be incomplete.</p>
        <div className="row">
          <Link className="btn primary" to="/">
            New search
          </Link>
          <Link className="btn" to="/jobs">
            Jobs
          </Link>
        </div>
      </section>
    </main>
  );
}
