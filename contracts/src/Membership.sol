// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Escrow} from "./Escrow.sol";
import {IConduct} from "./IConduct.sol";
import {PublicKey} from "./PublicKey.sol";
import {Statements} from "./Statements.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Who is a member, with which bond and standing, and who is locked
/// @dev Locks belong to persons, not to accounts: a record's key is the account's subject or, of who never joined, the account.
abstract contract Membership is Statements, Escrow {
    using SafeERC20 for IERC20;

    uint256 private constant MAX_WINDOW = 2 ** 23;
    uint256 private constant MAX_ENDPOINT = 256;
    uint256 private constant MAX_ATTESTORS = 32;
    uint8 private constant MAX_OFFENCES = 20;

    struct Account {
        uint128 bond;
        uint64 leftAt;
        bool active;
        bytes32 subject;
    }

    struct Record {
        address member; // the person's last account
        uint32 offences;
        uint64 lockedUntil;
    }

    Rules internal _rules;
    /// @inheritdoc IConduct
    uint256 public pot;
    /// @inheritdoc IConduct
    bytes32 public standings;

    uint64 private _attestations;
    uint64 private _succession;
    uint8 private _threshold;
    address[] private _attestors;
    mapping(uint64 succession => mapping(address account => bool)) private _isAttestor;
    mapping(bytes32 root => Attested) internal _attested;
    mapping(address account => Account) internal _accounts;
    mapping(bytes32 key => Record) private _records;
    mapping(bytes32 evidence => bool) private _used;

    constructor(IERC20 currency_, Rules memory rules_, address[] memory attestors_, uint8 threshold_)
        Escrow(currency_)
    {
        _checkRules(rules_);
        _rules = rules_;
        _install(attestors_, threshold_);
    }

    /// @inheritdoc IConduct
    function join(
        uint128 amount,
        bytes calldata publicKey,
        string calldata endpoint,
        bytes32 subject,
        bytes[] calldata admission
    ) external nonReentrant {
        if (!PublicKey.isValid(publicKey)) revert InvalidPublicKey();
        uint256 length = bytes(endpoint).length;
        if (length == 0 || length > MAX_ENDPOINT) revert InvalidEndpoint(length);
        _checkAttested(keccak256(abi.encode(ADMISSION_TYPEHASH, msg.sender, subject)), admission);

        Account storage account = _accounts[msg.sender];
        _identify(account, subject);
        Record storage record = _records[subject];
        if (record.lockedUntil >= block.timestamp) revert LockedOut(msg.sender, record.lockedUntil);
        address previous = record.member;
        if (previous != msg.sender && _accounts[previous].active) _retire(previous);
        record.member = msg.sender;
        uint128 dues = account.active ? 0 : _rules.dues;
        account.active = true;
        account.bond += amount;
        if (account.bond < _rules.bond) revert BondTooLow(account.bond, _rules.bond);
        pot += dues;
        emit MemberJoined(msg.sender, subject, publicKey, endpoint);
        if (amount != 0) emit BondAdded(msg.sender, amount);
        if (amount + dues != 0) _take(uint256(amount) + dues);
    }

    /// @inheritdoc IConduct
    function resign() external {
        if (!_accounts[msg.sender].active) revert NotMember(msg.sender);
        _retire(msg.sender);
    }

    /// @inheritdoc IConduct
    function addBond(uint128 amount) external nonReentrant {
        _accounts[msg.sender].bond += amount;
        emit BondAdded(msg.sender, amount);
        _take(amount);
    }

    /// @inheritdoc IConduct
    function takeBond(uint128 amount, address to) external nonReentrant {
        if (to == address(0) || to == address(this)) revert InvalidReceiver(to);
        Account storage account = _accounts[msg.sender];
        if (account.active) revert AlreadyMember(msg.sender);
        uint64 until = account.leftAt == 0 ? 0 : account.leftAt + _rules.keeping;
        if (block.timestamp <= until) revert BondKept(until);
        if (amount > account.bond) revert BondTooLow(account.bond, amount);
        account.bond -= amount;
        emit BondTaken(msg.sender, to, amount);
        _currency.safeTransfer(to, amount);
    }

    /// @inheritdoc IConduct
    function memberOf(address account) external view returns (Member memory member) {
        Account storage a = _accounts[account];
        Record storage record = _recordOf(account);
        (member.subject, member.bond, member.active, member.leftAt) = (a.subject, a.bond, a.active, a.leftAt);
        (member.offences, member.lockedUntil) = (record.offences, record.lockedUntil);
    }

    /// @inheritdoc IConduct
    function isAllowed(address account) public view returns (bool) {
        return _recordOf(account).lockedUntil < block.timestamp;
    }

    /// @inheritdoc IConduct
    function attest(bytes32 root, uint32 members, uint32 least, bytes32 content, bytes[] calldata signatures) external {
        if (root == 0 || members == 0 || content == 0) revert InvalidAttestation();
        uint64 number = ++_attestations;
        _checkAttested(keccak256(abi.encode(ATTESTATION_TYPEHASH, root, members, least, content, number)), signatures);
        _attested[root] = Attested(members, least, number, uint64(block.timestamp));
        standings = root;
        emit StandingsAttested(number, root, members, least, content);
    }

    /// @inheritdoc IConduct
    function succeed(address[] calldata next, uint8 threshold, bytes[] calldata signatures) external {
        bytes32 accounts = keccak256(abi.encodePacked(next)); // each padded to 32 bytes, as EIP-712 wants it
        _checkAttested(keccak256(abi.encode(SUCCESSION_TYPEHASH, accounts, threshold, _succession + 1)), signatures);
        _install(next, threshold);
    }

    /// @inheritdoc IConduct
    function attestors() external view returns (address[] memory accounts, uint8 threshold, uint64 number) {
        return (_attestors, _threshold, _succession);
    }

    /// @inheritdoc IConduct
    function attested(bytes32 root) external view returns (Attested memory) {
        return _attested[root];
    }

    /// @inheritdoc IConduct
    function rules() external view returns (Rules memory) {
        return _rules;
    }

    /// @inheritdoc IConduct
    function currency() external view returns (address) {
        return address(_currency);
    }

    /// @dev Each piece of evidence convicts once. The fine goes to who was wronged, or into the pot.
    function _convict(Offence offence, address offender, bytes32 evidence, bytes32 other, address wronged) internal {
        if (other != bytes32(0)) _use(other);
        _use(evidence);
        Record storage record = _recordOf(offender);
        uint32 offences = ++record.offences;
        if (offences >= _rules.permanentAfter) {
            record.lockedUntil = type(uint64).max;
        } else {
            uint256 from = Math.max(block.timestamp, record.lockedUntil);
            record.lockedUntil = uint64(from + (uint256(_rules.lock) << (offences - 1)));
        }
        uint256 fine = _fine(offender, wronged);
        emit Penalised(offender, offence, evidence, other, msg.sender, offences, record.lockedUntil, fine);
    }

    /// @return fine as much of it as there is
    function _fine(address from, address to) internal returns (uint256 fine) {
        Account storage account = _accounts[from];
        fine = Math.min(account.bond, _rules.fine);
        account.bond -= uint128(fine);
        if (to == address(0)) pot += fine;
        else if (fine != 0) _setAside(to, fine);
    }

    function _use(bytes32 evidence) internal {
        if (_used[evidence]) revert AlreadyPenalised(evidence);
        _used[evidence] = true;
    }

    /// @dev Signatures in ascending order of the attestors' accounts.
    function _checkAttested(bytes32 structHash, bytes[] calldata signatures) internal view {
        if (signatures.length < _threshold) revert NotAttested(signatures.length, _threshold);
        bytes32 digest = _hashTypedDataV4(structHash);
        address last = address(0);
        for (uint256 i = 0; i < signatures.length; ++i) {
            address signer = ECDSA.recover(digest, signatures[i]);
            if (signer <= last || !_isAttestor[_succession][signer]) revert NotAttested(i, _threshold);
            last = signer;
        }
    }

    /// @dev An account belongs to one person for ever. What it did before it had a name counts on.
    function _identify(Account storage account, bytes32 subject) private {
        if (uint256(subject) <= type(uint160).max) revert InvalidSubject(); // the key of an account's own record
        if (account.subject == subject) return;
        if (account.subject != 0) revert InvalidSubject();
        (Record storage before, Record storage record) = (_recordOf(msg.sender), _records[subject]);
        record.offences += before.offences;
        record.lockedUntil = uint64(Math.max(record.lockedUntil, before.lockedUntil));
        if (record.offences >= _rules.permanentAfter) record.lockedUntil = type(uint64).max;
        account.subject = subject;
    }

    function _retire(address member) private {
        (_accounts[member].active, _accounts[member].leftAt) = (false, uint64(block.timestamp));
        emit MemberLeft(member);
    }

    function _recordOf(address account) private view returns (Record storage) {
        bytes32 subject = _accounts[account].subject;
        return _records[subject == 0 ? bytes32(uint256(uint160(account))) : subject];
    }

    function _install(address[] memory accounts, uint8 threshold) private {
        uint256 length = accounts.length;
        if (threshold == 0 || threshold > length || length > MAX_ATTESTORS) revert InvalidAttestors();
        uint64 number = ++_succession;
        for (uint256 i = 0; i < length; ++i) {
            // In ascending order none stands twice, and none is 0.
            if (accounts[i] <= (i == 0 ? address(0) : accounts[i - 1])) revert InvalidAttestors();
            _isAttestor[number][accounts[i]] = true;
        }
        (_attestors, _threshold) = (accounts, threshold);
        emit AttestorsChanged(accounts, threshold, number);
    }

    /// @dev A bookkeeper's bond outlives every dispute about its batch.
    function _checkRules(Rules memory r) private pure {
        // The least of several windows is not 0 where none is; a power of two bounds all exactly when it bounds their
        // bitwise or.
        uint32 windows = r.lock | r.keeping | r.epoch | r.collecting | r.posting | r.disputing | r.answering;
        bool valid = r.bond != 0 && r.fine != 0 && r.fine <= r.bond && r.dues != 0 && r.permanentAfter > 1
            && r.permanentAfter <= MAX_OFFENCES && r.lock != 0 && r.epoch != 0 && r.collecting != 0 && r.posting != 0
            && r.disputing != 0 && r.answering != 0 && windows < MAX_WINDOW && r.speed != 0
            && r.keeping >= uint256(r.posting) + r.disputing + r.answering;
        if (!valid) revert InvalidRules();
    }
}
