// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {HostileToken} from "./HostileToken.sol";
import {Offences} from "./Offences.sol";
import {Vm} from "./Test.sol";

/// @dev Drives conduct with honest members, who sign only what is true and post only right batches, and cheats, who do
/// anything. It keeps its own accounts of who must have what and of what was proved against whom. Most steps lead one epoch
/// after another to its end; the others are what members do besides.
contract ConductHandler is Offences {
    /// @dev What is wrong with a cheat's batch.
    enum Fault {
        None,
        Omission,
        Alien,
        Disorder,
        Unknown, // a root that belongs to no batch
        Withheld // an omission in a batch that nobody else knows
    }

    struct Person {
        address account;
        bool honest;
    }

    uint256 private constant FAULTS = 6;
    uint256 private constant STATEMENTS = 5;
    uint256 private constant MAX_TRIES = 24;

    Person[] private _persons;
    address[] public accounts;
    mapping(address account => bool) public honest;
    mapping(address account => bytes32) public subjects;
    /// @dev What each account and the pot must have.
    mapping(address account => uint256) public wallet;
    mapping(address account => uint256) public bonds;
    mapping(address account => uint256) public aside;
    uint256 public pot;
    mapping(bytes32 subject => uint256) public offencesOf;
    mapping(bytes32 evidence => uint256) private _proofs;

    uint64 public current = NOW;
    uint256[] public open; // demands
    IConduct.BillLeaf[] private _bills;
    mapping(bytes32 bill => bool) private _lodged;
    mapping(bytes32 bill => mapping(address account => bool)) private _received;
    mapping(address account => IConduct.BillLeaf[]) private _posted;
    mapping(address account => Fault) private _fault;
    mapping(address account => uint256) private _faultAt;
    mapping(address account => IConduct.BillLeaf) private _omitted;
    mapping(uint256 index => address) private _demander;
    mapping(uint64 epoch => mapping(address account => bool)) private _refuted;
    uint256 private _tries;
    uint256 private _number; // of what was signed
    address private _accused;
    address private _wronged;
    bytes private _lastAccusation;

    /// @dev How often each came about.
    uint256[10] public offences;
    uint256[FAULTS] public refutations; // by fault; None: who did not show a bill of a right batch
    uint256[STATEMENTS] public falseAccusations;
    uint256 public settlements;
    uint256 public undetected;
    uint256 public replacements;
    uint256 public latePosts;
    uint256 public shown;
    uint256 public attacks;
    uint256 public replays;
    uint256 public secondAccounts;
    uint256 public resignations;
    uint256 public lockedForEver;
    uint256 public bondsTaken;
    uint256 public withdrawals;
    /// @dev What conduct let happen against the rules.
    uint256 public disagreements;

    constructor() {
        setUp();
        for (uint256 i = 0; i < MEMBERS; ++i) {
            _persons.push(Person(members[i], i < MEMBERS / 2));
            _account(members[i], _subject(members[i]), i < MEMBERS / 2);
            (wallet[members[i]], bonds[members[i]]) = (FUNDS - BOND - DUES, BOND);
            pot += DUES;
        }
        _fund(stranger);
        _account(stranger, bytes32(uint256(uint160(stranger))), true);
        _addBond(stranger, 2 * FINE);
    }

    function theConduct() external view returns (IConduct) {
        return conduct;
    }

    function theToken() external view returns (HostileToken) {
        return token;
    }

    function numberOfAccounts() external view returns (uint256) {
        return accounts.length;
    }

    function numberOfDemands() external view returns (uint256) {
        return open.length;
    }

    /// @dev Three steps at once: an epoch takes about fifteen. The handler chooses all of it, from a hash: a fuzzer likes some
    /// numbers, and some functions, better than others.
    function act(uint256 seed) external {
        for (uint256 i = 0; i < 3; ++i) {
            seed = uint256(keccak256(abi.encode(seed, block.timestamp, _number, _tries)));
            if (seed % 3 == 0) _disturb(seed / 3);
            else _advance(seed / 3);
        }
    }

    function _advance(uint256 seed) private {
        IConduct.EpochState state = conduct.epochOf(current).state;
        if (state == IConduct.EpochState.Running) _run(seed);
        else if (state == IConduct.EpochState.Collecting) _collect(seed);
        else if (state == IConduct.EpochState.Posting) _candidacy(seed);
        else if (state == IConduct.EpochState.Disputing) _dispute(seed);
        else _next(seed);
    }

    function _disturb(uint256 seed) private {
        uint256 what = seed % 9;
        uint256 who = seed / 16 % _persons.length;
        seed /= 2 ** 32;
        address account = accounts[seed % accounts.length];
        if (what < 2) _accuseTruly(seed);
        else if (what == 2) _accuseFalsely(seed);
        else if (what == 3) _condemn(seed);
        else if (what == 4) _replay();
        else if (what == 5) _resign(_persons[who].account);
        else if (what == 6) _addBond(account, uint128(seed / 64 % FINE));
        else if (what == 7) _takeBond(bondsTaken == 0 ? _leaver(account) : account, uint128(seed / 64 % BOND));
        else _withdraw(account);
    }

    // The epoch

    function _run(uint256 seed) private {
        uint256 end = _start() + EPOCH;
        if (_bills.length < 6 && (_bills.length < 2 || seed % 4 != 0)) return _newBill(seed);
        if (block.timestamp < end) vm.warp(end);
        vm.prevrandao(bytes32(seed));
        if (!_call(stranger, abi.encodeCall(IConduct.open, (current)))) ++disagreements;
    }

    function _collect(uint256 seed) private {
        vm.warp(conduct.epochOf(current).deadline);
        _newBill(seed);
        vm.warp(block.timestamp + 1);
    }

    function _candidacy(uint256 seed) private {
        IConduct.Epoch memory e = conduct.epochOf(current);
        bool unproved = refutations[uint256(_fault[e.bookkeeper])] == 0;
        if (e.bookkeeper != address(0) && (unproved || seed % 3 == 0)) {
            return !unproved && seed / 3 % 2 == 0 ? _warp(e.deadline + 1) : _dispute(seed / 8);
        }
        if (e.bookkeeper == address(0) && ++_tries > MAX_TRIES) return _next(seed);
        if (e.bookkeeper == address(0) && seed % 8 == 1 && block.timestamp <= e.deadline) {
            _warp(e.deadline + 1 + seed % EPOCH);
        }
        // Rather a cheat, while some fault was not proved yet.
        bool cheat = refutations[_leastSeen(refutations, 1)] == 0 && seed / 16 % 4 != 0;
        uint256 half = _persons.length / 2;
        Person memory p = _persons[cheat ? half + seed / 64 % half : seed / 64 % _persons.length];
        IConduct.BillLeaf[] memory leaves = _right(p.account);
        Fault fault = p.honest || seed / 2 ** 32 % (refutations[0] == 0 ? 2 : 4) == 0
            ? Fault.None
            : Fault(_leastSeen(refutations, 1));
        if (leaves.length < 2) return;
        (IConduct.BillLeaf[] memory posted, uint256 place) = _spoil(leaves, fault, seed / 2 ** 64);
        IConduct.Batch memory batch = _batch(posted);
        if (fault == Fault.Unknown) batch.root = keccak256(abi.encode(batch.root));
        if (!_isMember(p.account)) return;
        bool late = e.bookkeeper == address(0) && block.timestamp > e.deadline;
        bytes memory data =
            abi.encodeCall(IConduct.post, (current, batch, _standing(p.account), _standingProof(p.account)));
        if (!_call(p.account, data)) return;
        if (_refuted[current][p.account]) ++disagreements;
        if (e.bookkeeper != address(0)) {
            if (_scoreNow(p.account) < _scoreNow(e.bookkeeper)) ++disagreements;
            ++replacements;
        }
        if (late) ++latePosts;
        delete open;
        // Only now: a batch that was refused leaves the one that stands as it is.
        (_fault[p.account], _faultAt[p.account]) = (fault, place);
        if (posted.length < leaves.length) _omitted[p.account] = leaves[place];
        delete _posted[p.account];
        for (uint256 i = 0; i < posted.length; ++i) {
            _posted[p.account].push(posted[i]);
        }
    }

    function _dispute(uint256 seed) private {
        IConduct.Epoch memory e = conduct.epochOf(current);
        if (e.state == IConduct.EpochState.Disputing && block.timestamp > e.deadline) return _finish(e);
        Fault fault = _fault[e.bookkeeper];
        bool spared = undetected == 0 ? refutations[uint256(fault)] != 0 : seed % 8 == 0;
        if (fault != Fault.None && !spared) return _refute(e.bookkeeper, fault);
        bool silent = refutations[0] == 0 && !honest[e.bookkeeper];
        if (fault == Fault.None && silent && open.length == 0) return _ask(e.bookkeeper, seed / 4);
        // Who owes an answer can be convicted though its batch is right.
        bool safe = open.length == 0 || honest[e.bookkeeper];
        if (fault == Fault.None && safe && seed % 4 == 0) return _attack(e.bookkeeper, seed / 4);
        if (fault == Fault.None && seed % 4 < 3) return _ask(e.bookkeeper, seed / 4);
        _warp(e.deadline + 1);
    }

    /// @dev Who did not answer falls; else the bookkeeper is paid.
    function _finish(IConduct.Epoch memory e) private {
        if (open.length != 0) {
            vm.warp(block.timestamp + ANSWERING + 1);
            return _mustRefute(e.bookkeeper, Fault.None, abi.encodeCall(IConduct.refuteSilence, (current, open[0])));
        }
        if (!_call(stranger, abi.encodeCall(IConduct.settle, (current)))) ++disagreements;
        uint256 pay = (pot + 15) / 16;
        pot -= pay;
        aside[e.bookkeeper] += pay;
        ++settlements;
        if (_fault[e.bookkeeper] != Fault.None) {
            ++undetected;
            return;
        }
        IConduct.BillLeaf[] memory leaves = _posted[e.bookkeeper];
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (!conduct.isBilled(current, leaves[i], _proof(_billLeaves(leaves), i))) ++disagreements;
        }
    }

    /// @dev Who is locked for ever is followed by somebody else, who cheats too; the others come back when they may, one
    /// now and then with another account.
    function _next(uint256 seed) private {
        if (seed % 4 == 0) vm.warp(block.timestamp + KEEPING + 1);
        delete _bills;
        delete open;
        delete table;
        delete _tries;
        uint64 epoch = conduct.epochAt(uint64(block.timestamp));
        current = epoch > current ? epoch : current + 1;
        for (uint256 i = 0; i < _persons.length; ++i) {
            address account = _persons[i].account;
            if (conduct.memberOf(account).lockedUntil == type(uint64).max) {
                ++lockedForEver;
                account = _newAccount(_persons[i].honest, 0);
            } else if (i == seed / 8 % (2 * _persons.length) && conduct.isAllowed(account)) {
                ++secondAccounts;
                account = _newAccount(_persons[i].honest, subjects[account]);
            }
            _persons[i].account = account;
            uint256 missing = bonds[account] < BOND ? BOND - bonds[account] : 0;
            if (missing != 0 || !_isMember(account)) _tryJoin(account, uint128(missing));
            _enter(IConduct.Standing(account, i == 5 ? LEAST - 1 : LEAST, uint32(10 + 2 * i)));
        }
        _attestStandings(table, LEAST);
    }

    /// @dev Lodged, or given to those candidates who signed for it.
    function _newBill(uint256 seed) private {
        uint256 last = _start() + EPOCH - 1;
        uint64 time = uint64(block.timestamp < last ? block.timestamp : last);
        uint256 requester = seed / 256 % _persons.length;
        uint256 collaborator = (requester + 1 + seed / 2 ** 16 % (_persons.length - 1)) % _persons.length;
        IConduct.Bill memory bill = IConduct.Bill(
            _persons[requester].account, _persons[collaborator].account, bytes32(++_number), time, "sealed"
        );
        IConduct.BillLeaf memory leaf = _remember(bill);
        _bills.push(leaf);
        if (seed % 2 == 0) {
            if (!_call(stranger, abi.encodeCall(IConduct.lodge, (bill, _signatureOf(leaf))))) ++disagreements;
            _lodged[leaf.bill] = true;
            return;
        }
        for (uint256 i = 0; i < _persons.length; ++i) {
            _received[leaf.bill][_persons[i].account] = seed >> (32 + i) & 1 == 1;
        }
    }

    function _right(address account) private view returns (IConduct.BillLeaf[] memory leaves) {
        for (uint256 i = 0; i < _bills.length; ++i) {
            if (_isOwed(_bills[i].bill, account)) leaves = _with(leaves, _bills[i]);
        }
    }

    function _isOwed(bytes32 bill, address account) private view returns (bool) {
        return _lodged[bill] || _received[bill][account];
    }

    /// @dev A batch with this fault, and where in it, or in what was right, the fault is.
    function _spoil(IConduct.BillLeaf[] memory right, Fault fault, uint256 seed)
        private
        returns (IConduct.BillLeaf[] memory leaves, uint256 index)
    {
        (leaves, index) = (right, seed % right.length);
        if (fault == Fault.Omission || fault == Fault.Withheld) {
            leaves = _without(right, index);
        } else if (fault == Fault.Alien) {
            IConduct.Bill memory bill = _billOf(right[index]);
            (bill.collaborator, bill.answer) = (bill.requester, bytes32(++_number));
            IConduct.BillLeaf memory alien = _remember(bill);
            leaves = _with(right, alien);
            index = _indexOf(leaves, alien.bill);
        } else if (fault == Fault.Disorder) {
            index = 1 + seed % (right.length - 1);
            if (seed / 64 % 2 == 0) leaves[index] = leaves[index - 1];
            else (leaves[index - 1], leaves[index]) = (leaves[index], leaves[index - 1]);
        }
    }

    // What is said against batches

    function _refute(address bookkeeper, Fault fault) private {
        IConduct.BillLeaf[] memory leaves = _posted[bookkeeper];
        uint256 index = _faultAt[bookkeeper];
        if (fault == Fault.Omission) {
            _mustRefute(bookkeeper, fault, _omission(bookkeeper, _omitted[bookkeeper], _gap(leaves, index)));
        } else if (fault == Fault.Alien) {
            IConduct.BillLeaf memory leaf = leaves[index];
            IConduct.Proof memory proof = _proof(_billLeaves(leaves), index);
            bytes memory data = abi.encodeCall(IConduct.refuteBill, (current, _billOf(leaf), _signatureOf(leaf), proof));
            _mustRefute(bookkeeper, fault, data);
        } else if (fault == Fault.Disorder) {
            _mustRefute(bookkeeper, fault, _disorder(_gap(leaves, index)));
        } else {
            _wait(bookkeeper, fault);
        }
    }

    /// @dev Somebody demands what cannot be shown.
    function _wait(address bookkeeper, Fault fault) private {
        (address by, bool found) = _solvent(bookkeeper);
        if (!found) return;
        uint256 index = 0;
        bytes memory data = abi.encodeCall(IConduct.demand, (current, 0));
        if (fault == Fault.Withheld) {
            IConduct.BillLeaf memory leaf = _omitted[bookkeeper];
            index = uint256(leaf.bill);
            bytes memory receipt = _receipt(bookkeeper, _billOf(leaf));
            data = abi.encodeCall(IConduct.demandBill, (_billOf(leaf), _signatureOf(leaf), receipt));
        }
        if (!_call(by, data)) ++disagreements;
        vm.warp(block.timestamp + ANSWERING + 1);
        _mustRefute(bookkeeper, fault, abi.encodeCall(IConduct.refuteSilence, (current, index)));
    }

    function _mustRefute(address bookkeeper, Fault fault, bytes memory data) private {
        (_accused, _wronged) = (bookkeeper, stranger);
        uint256 before = offences[uint256(IConduct.Offence.FalseBatch)];
        if (!_call(stranger, data) || offences[uint256(IConduct.Offence.FalseBatch)] != before + 1) ++disagreements;
        ++refutations[uint256(fault)];
        _refuted[current][bookkeeper] = true;
        delete open;
        delete _accused;
    }

    /// @dev Nothing holds against a right batch.
    function _attack(address bookkeeper, uint256 seed) private {
        IConduct.BillLeaf[] memory leaves = _posted[bookkeeper];
        uint256 index = seed % leaves.length;
        IConduct.BillLeaf memory leaf = leaves[index];
        IConduct.BillLeaf memory any = _bills[seed / 16 % _bills.length];
        IConduct.Proof memory proof = _proof(_billLeaves(leaves), index);
        _mustFail(_omission(bookkeeper, any, _gap(leaves, seed / 256 % (leaves.length + 1))));
        if (!_isOwed(any.bill, bookkeeper)) {
            _mustFail(_omission(bookkeeper, any, _gap(leaves, _above(leaves, any.bill))));
        }
        _mustFail(abi.encodeCall(IConduct.refuteBill, (current, _billOf(leaf), _signatureOf(leaf), proof)));
        _mustFail(_disorder(_gap(leaves, index)));
        for (uint256 i = 0; i <= leaves.length; ++i) {
            _mustFail(abi.encodeCall(IConduct.refuteSilence, (current, i)));
        }
        ++attacks;
    }

    function _mustFail(bytes memory data) private {
        if (_call(stranger, data)) ++disagreements;
    }

    /// @dev A demand, by its place or by the bill; shown at once or later.
    function _ask(address bookkeeper, uint256 seed) private {
        IConduct.BillLeaf[] memory leaves = _posted[bookkeeper];
        uint256 index = seed % leaves.length;
        address by = _persons[seed / 64 % _persons.length].account;
        IConduct.BillLeaf memory leaf = leaves[index];
        bytes memory data = abi.encodeCall(IConduct.demand, (current, index));
        if (seed / 4096 % 2 == 0) {
            index = uint256(leaf.bill);
            bytes memory receipt = _lodged[leaf.bill] ? bytes("") : _receipt(bookkeeper, _billOf(leaf));
            data = abi.encodeCall(IConduct.demandBill, (_billOf(leaf), _signatureOf(leaf), receipt));
        }
        if (!_call(by, data)) return;
        open.push(index);
        _demander[index] = by;
        if (conduct.epochOf(current).demands != open.length) ++disagreements;
        if (honest[bookkeeper] ? seed / 8192 % 2 == 0 : refutations[0] != 0) _answer(bookkeeper);
    }

    function _answer(address bookkeeper) private {
        IConduct.BillLeaf[] memory leaves = _posted[bookkeeper];
        // Of a place that is demanded by its bill too, that is answered first.
        for (uint256 round = 0; round < 2; ++round) {
            for (uint256 i = open.length; i > 0; --i) {
                uint256 index = open[i - 1];
                bool byBill = index >= leaves.length;
                if (byBill == (round == 1)) continue;
                _showNow(bookkeeper, leaves, byBill ? _indexOf(leaves, bytes32(index)) : index);
            }
        }
        for (uint256 i = 0; i < open.length; ++i) {
            address by = _demander[open[i]];
            uint256 fine = bonds[by] < FINE ? bonds[by] : FINE;
            bonds[by] -= fine;
            aside[bookkeeper] += fine;
            ++shown;
        }
        delete open;
        if (conduct.epochOf(current).demands != 0) ++disagreements;
    }

    function _showNow(address bookkeeper, IConduct.BillLeaf[] memory leaves, uint256 place) private {
        IConduct.Proof memory proof = _proof(_billLeaves(leaves), place);
        IConduct.BillLeaf memory leaf = leaves[place];
        bytes memory data = abi.encodeCall(IConduct.show, (current, _billOf(leaf), _signatureOf(leaf), proof));
        if (!_call(bookkeeper, data)) ++disagreements;
    }

    function _omission(address bookkeeper, IConduct.BillLeaf memory leaf, Gap memory gap)
        private
        view
        returns (bytes memory)
    {
        IConduct.Bill memory bill = _billOf(leaf);
        // An honest one signs for nothing that it did not receive.
        bytes memory receipt = _received[leaf.bill][bookkeeper] ? _receipt(bookkeeper, bill) : bytes("");
        return abi.encodeCall(
            IConduct.refuteOmission,
            (bill, _signatureOf(leaf), receipt, gap.before, gap.beforeSiblings, gap.next, gap.nextProof)
        );
    }

    function _disorder(Gap memory gap) private view returns (bytes memory) {
        return abi.encodeCall(IConduct.refuteOrder, (current, gap.before, gap.beforeSiblings, gap.next, gap.nextProof));
    }

    // What is said against members

    function _accuseTruly(uint256 seed) private {
        uint256 least = 0;
        for (uint256 i = 1; i < STATEMENTS; ++i) {
            if (offences[i] < offences[least]) least = i;
        }
        // Cheats that are always locked would post nothing.
        if (offences[least] != 0 && seed / 2 ** 128 % 8 != 0) return;
        (address cheat, address other) = _pair(seed, false);
        (bytes memory data,, address paid) = _accusation(IConduct.Offence(least), cheat, other, ++_number, true);
        (address by, bool found) = _solvent(cheat);
        if (!found) return;
        (_accused, _wronged) = (cheat, paid);
        uint256 before = offences[least];
        if (!_call(by, data) || offences[least] != before + 1) ++disagreements;
        _lastAccusation = data;
        delete _accused;
    }

    /// @dev The statements are true, and the accusation costs its author a fine, which goes into the pot.
    function _accuseFalsely(uint256 seed) private {
        uint256 least = _leastSeen(falseAccusations);
        (address member, address other) = _pair(seed, true);
        (bytes memory data,,) = _accusation(IConduct.Offence(least), member, other, ++_number, false);
        address by = _persons[seed / 64 % _persons.length].account;
        if (_call(by, data) != (bonds[by] >= FINE)) ++disagreements;
        if (bonds[by] < FINE) return;
        bonds[by] -= FINE;
        pot += FINE;
        ++falseAccusations[least];
    }

    function _condemn(uint256 seed) private {
        uint256 least = uint256(IConduct.Offence.MissingReview);
        for (uint256 i = least + 1; i < offences.length; ++i) {
            if (offences[i] < offences[least]) least = i;
        }
        if (offences[least] != 0 && seed / 2 ** 128 % 8 != 0) return;
        (address cheat,) = _pair(seed, false);
        (_accused, _wronged) = (cheat, address(0));
        bytes memory data = _verdict(cheat, IConduct.Offence(least), ++_number);
        if (!_call(stranger, data)) ++disagreements;
        _lastAccusation = data;
        delete _accused;
    }

    function _replay() private {
        if (_lastAccusation.length == 0) return;
        (address by, bool found) = _solvent(address(0));
        if (!found) return;
        if (_call(by, _lastAccusation)) ++disagreements;
        ++replays;
    }

    /// @dev A cheat, or anybody, of the standings, and somebody else.
    function _pair(uint256 seed, bool anybody) private view returns (address member, address other) {
        uint256 half = _persons.length / 2;
        uint256 index = anybody ? seed % _persons.length : half + seed % half;
        return (_persons[index].account, _persons[(index + 1) % _persons.length].account);
    }

    // Members

    function _resign(address account) private {
        if (_call(account, abi.encodeCall(IConduct.resign, ()))) ++resignations;
    }

    function _addBond(address account, uint128 amount) private {
        if (!_call(account, abi.encodeCall(IConduct.addBond, (amount)))) return;
        bonds[account] += amount;
        wallet[account] -= amount;
    }

    function _takeBond(address account, uint128 amount) private {
        if (amount > bonds[account]) amount = uint128(bonds[account]);
        if (!_call(account, abi.encodeCall(IConduct.takeBond, (amount, account)))) return;
        if (_isMember(account)) ++disagreements;
        bonds[account] -= amount;
        wallet[account] += amount;
        ++bondsTaken;
    }

    /// @dev Whoever left and has a bond to take, if there is one; else who was asked for.
    function _leaver(address account) private view returns (address) {
        for (uint256 i = 0; i < accounts.length; ++i) {
            if (bonds[accounts[i]] != 0 && !_isMember(accounts[i])) return accounts[i];
        }
        return account;
    }

    function _withdraw(address account) private {
        if (!_call(account, abi.encodeCall(IEscrow.withdraw, (account)))) return;
        wallet[account] += aside[account];
        delete aside[account];
        ++withdrawals;
    }

    function _tryJoin(address account, uint128 amount) private {
        uint256 dues = _isMember(account) ? 0 : DUES;
        bytes32 subject = subjects[account];
        bytes[] memory admission = _admission(account, subject);
        bytes memory data = abi.encodeCall(IConduct.join, (amount, PUBLIC_KEY, ENDPOINT, subject, admission));
        if (_call(account, data) != conduct.isAllowed(account)) ++disagreements;
        if (!_isMember(account) || !conduct.isAllowed(account)) return;
        wallet[account] -= amount + dues;
        bonds[account] += amount;
        pot += dues;
    }

    function _newAccount(bool isHonest, bytes32 subject) private returns (address account) {
        account = _newcomer(string(abi.encodePacked("newcomer ", ++_number)));
        _account(account, subject == 0 ? _subject(account) : subject, isHonest);
    }

    function _account(address account, bytes32 subject, bool isHonest) private {
        accounts.push(account);
        (subjects[account], honest[account], wallet[account]) = (subject, isHonest, FUNDS);
    }

    /// @dev Somebody else's account, a member's with enough of a bond to accuse and to demand.
    function _solvent(address except) private view returns (address account, bool found) {
        for (uint256 i = 0; i < _persons.length && !found; ++i) {
            account = _persons[i].account;
            found = account != except && bonds[account] >= BOND && _isMember(account);
        }
    }

    function _isMember(address account) private view returns (bool) {
        return conduct.memberOf(account).active;
    }

    function _scoreNow(address account) private view returns (uint256 score) {
        (, score) = conduct.scoreOf(current, _standing(account));
    }

    function _start() private view returns (uint256) {
        return START + uint256(current) * EPOCH;
    }

    /// @dev An honest bookkeeper answers before time passes.
    function _warp(uint256 time) private {
        address bookkeeper = conduct.epochOf(current).bookkeeper;
        if (honest[bookkeeper]) _answer(bookkeeper);
        require(time >= block.timestamp, "time goes on");
        vm.warp(time);
    }

    function _leastSeen(uint256[FAULTS] memory seen, uint256 from) private pure returns (uint256 least) {
        least = from;
        for (uint256 i = from; i < FAULTS; ++i) {
            if (seen[i] < seen[least]) least = i;
        }
    }

    function _leastSeen(uint256[STATEMENTS] memory seen) private pure returns (uint256 least) {
        for (uint256 i = 0; i < STATEMENTS; ++i) {
            if (seen[i] < seen[least]) least = i;
        }
    }

    function _call(address sender, bytes memory data) private returns (bool succeeded) {
        vm.recordLogs();
        vm.prank(sender);
        (succeeded,) = address(conduct).call(data);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(conduct) && logs[i].topics[0] == IConduct.Penalised.selector) {
                _note(logs[i]);
            }
        }
    }

    /// @dev Only who is accused of what it did, each time on new evidence, by as much as it has of a fine.
    function _note(Vm.Log memory log) private {
        address offender = address(uint160(uint256(log.topics[1])));
        (,, uint32 count,, uint256 fine) = abi.decode(log.data, (bytes32, address, uint32, uint64, uint256));
        if (offender != _accused || honest[offender] || _proofs[log.topics[3]]++ != 0) ++disagreements;
        if (count != ++offencesOf[subjects[offender]]) ++disagreements;
        if (fine != (bonds[offender] < FINE ? bonds[offender] : FINE)) ++disagreements;
        bonds[offender] -= fine;
        if (_wronged == address(0)) pot += fine;
        else aside[_wronged] += fine;
        ++offences[uint256(log.topics[2])];
    }
}
